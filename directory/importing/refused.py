"""What was refused, in the format that it came in, with a column that says why: to be mended and imported again."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext

from directory.importing import encodings, reading, reasons, storing
from directory.importing.records import Record
from directory.models import Import, ImportRow, RowOutcome

PAGE = 1_000
IN_MEMORY = 1_048_576


def write(one: Import, told: Callable[[], None]) -> str:
    """The name in the storage. In the language that is active; `told()` is called now and then."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        (_write_sheet if one.kind == "xlsx" else _write_text)(one, file, told)
        return storing.save(file, one.workspace_id, one.kind)


def rows(one: Import, told: Callable[[], None]) -> Iterator[tuple[Record, str]]:
    """Each refused row as it stands in the file, and why."""
    why = _reasons(one)
    number, words = next(why, (None, ""))
    for place, record in enumerate(reading.rows(one)):
        if place % PAGE == 0:
            told()
        if record.number == number:
            yield record, words
            number, words = next(why, (None, ""))
        if number is None:
            return


def _reasons(one: Import) -> Iterator[tuple[int | None, str]]:
    headers: Sequence[str] = one.profile["headers"]
    after = 0
    found = ImportRow.objects.filter(of=one, outcome=RowOutcome.REFUSED).order_by("number")
    while page := list(found.filter(number__gt=after)[:PAGE]):
        for row in page:
            yield row.number, reasons.told(row.problems, headers)
        after = page[-1].number


def _write_text(one: Import, file: Any, told: Callable[[], None]) -> None:
    with default_storage.open(one.file) as source:
        file.write(encodings.mark_of(source.file))  # type: ignore[arg-type]
    encoding = one.layout["encoding"]
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    text = io.TextIOWrapper(file, encoding=encoding, errors=errors, newline="", write_through=True)
    out = csv.writer(text, delimiter=one.layout["delimiter"])
    width = len(one.profile["headers"])

    def put(cells: Sequence[str], words: str) -> None:
        """The reason in a column of its own, also where the row is shorter; what the encoding has not, is a sign."""
        plain = words.encode(encoding, "replace").decode(encoding)
        out.writerow([*cells, *[""] * (width - len(cells)), plain])

    put(reading.header(one), _heading())
    for record, words in rows(one, told):
        put(record.cells, words)
    text.detach()


def _write_sheet(one: Import, file: IO[bytes], told: Callable[[], None]) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet(ILLEGAL_CHARACTERS_RE.sub("", one.layout.get("sheet", ""))[:31] or None)
    width = len(one.profile["headers"])

    def put(cells: Sequence[str], words: str) -> None:
        """Text and nothing else: what begins with = is no formula."""
        made = []
        for value in (*cells, *[""] * (width - len(cells)), words):
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:32_767])
            if cell.value:
                cell.data_type = "s"
            made.append(cell)
        sheet.append(made)

    put(reading.header(one), _heading())
    for record, words in rows(one, told):
        put(record.cells, words)
    book.save(file)


def _heading() -> str:
    return gettext("Why it was not imported")
