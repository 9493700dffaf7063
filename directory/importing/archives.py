"""Is an archive that calls itself a spreadsheet safe to open?

Its directory says how large each part inflates to, and may lie; so the parts are inflated, in pieces that are thrown
away, until the limit. Nothing is ever extracted.
"""

import zipfile
from typing import IO

from directory.importing.limits import MOST_INFLATED, MOST_PARTS

PIECE = 262_144
WORKBOOK = "xl/workbook.xml"


class Unfit(Exception):
    """`code` is one of `importing.reasons`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(file: IO[bytes]) -> None:
    """Raises Unfit. Reads at most MOST_INFLATED bytes of inflated data."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INFLATED:
                raise Unfit("sheet_too_large")
            if WORKBOOK not in {part.filename for part in parts}:
                raise Unfit("no_sheet")
            if any(part.flag_bits & 1 for part in parts):
                raise Unfit("password")
            _inflate(archive, parts)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Unfit("no_sheet") from error


def _inflate(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    left = MOST_INFLATED
    for part in parts:
        with archive.open(part) as content:
            while piece := content.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise Unfit("sheet_too_large")
