"""A zip file that is written in pieces, by several workers if need be: what one wrote, the next goes on after."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, Any

# What the archive's directory says of an entry; all that is needed to write it at the end.
_FIELDS = ("date_time", "compress_type", "flag_bits", "CRC", "compress_size", "file_size", "header_offset")


class _Tail:
    """A file that begins `offset` bytes after the archive's beginning, and is only written on."""

    def __init__(self, file: IO[bytes], offset: int) -> None:
        self._file = file
        self._at = offset

    def write(self, data: Any) -> int:
        written = self._file.write(data)
        self._at += written
        return written

    def tell(self) -> int:
        return self._at

    def seek(self, *_args: Any) -> int:
        raise OSError("written on only")

    def flush(self) -> None:
        self._file.flush()


class Part:
    """Some whole entries of an archive, into `file`; `offset` bytes of it, with `directory`, were written before."""

    def __init__(self, file: IO[bytes], offset: int, directory: list[list[Any]]) -> None:
        self._zip = zipfile.ZipFile(_Tail(file, offset), "w", allowZip64=True)  # type: ignore[call-overload]
        self._before = [_entry(told) for told in directory]

    @contextmanager
    def entry(self, name: str, *, compressed: bool = True) -> Iterator[IO[bytes]]:
        """A file in the archive, of whatever size."""
        info = zipfile.ZipInfo(name, date_time=datetime.now(UTC).timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as file:
            yield file

    def directory(self) -> list[list[Any]]:
        """All entries so far, for JSON. This part ends here: without it the archive's own directory would follow."""
        entries = [*self._before, *self._zip.filelist]
        self._zip.fp = None
        return [[entry.filename, *(getattr(entry, field) for field in _FIELDS)] for entry in entries]

    def end(self) -> None:
        """The archive is complete: its directory is written."""
        self._zip.filelist[:0] = self._before
        self._zip.close()


def _entry(told: list[Any]) -> zipfile.ZipInfo:
    name, *values = told
    info = zipfile.ZipInfo(name)
    for field, value in zip(_FIELDS, values, strict=True):
        setattr(info, field, tuple(value) if field == "date_time" else value)
    info.external_attr = 0o644 << 16
    return info
