"""The rows of an import's file, one at a time, in constant memory, however it was given."""

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import default_storage

from directory.importing import encodings, guessing, records, sheets, storing
from directory.importing.archives import Unfit
from directory.importing.limits import MOST_COLUMNS, MOST_ROWS, SAMPLE_ROWS
from directory.importing.records import Record
from directory.models import Import

SAMPLE_CELL = 200  # characters of a cell that are kept to show
HEAD = 262_144


def look(one: Import, told: Any = None) -> None:
    """Fill in `layout` and `profile` of an import that is not saved here. What `layout` has was chosen by a person, and
    stays. `told(rows)` is called now and then. Raises Unfit."""
    if one.kind == "xlsx":
        _make_table(one)
    else:
        _look_at_text(one)
    _profile(one, told)


def rows(one: Import, *, after: int = 0) -> Iterator[Record]:
    """Rows below the header, with a number beyond `after`."""
    start = max(after, int(one.profile["header_number"]))
    width = len(one.profile["headers"])
    for record in _all(one, width):
        if record.number > start:
            yield record


def header(one: Import) -> list[str]:
    """As it stands in the file; what the columns are called, where it has none."""
    if one.layout["has_header"]:
        for record in _all(one, None):
            if record.number == one.profile["header_number"]:
                return record.cells
    return list(one.profile["headers"])


def _all(one: Import, width: int | None) -> Iterator[Record]:
    with _opened(one.table or one.file) as file:
        if one.kind == "xlsx":
            with _text(file, "utf-8") as text:
                for record in records.read(text, ","):
                    number, *cells = record.cells
                    yield Record(int(number), cells)
            return
        mark = encodings.mark_of(file)
        file.seek(len(mark))
        with _text(file, one.layout["encoding"]) as text:
            yield from records.read(text, one.layout["delimiter"], width=width)


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    with default_storage.open(name) as file:
        yield file.file  # type: ignore[misc]


@contextmanager
def _text(file: IO[bytes], encoding: str) -> Iterator[io.TextIOWrapper]:
    """Bytes that are no text come through, each as half a character, and go out again as they came."""
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    text = io.TextIOWrapper(file, encoding=encoding, errors=errors, newline="")
    try:
        yield text
    finally:
        text.detach()


def _look_at_text(one: Import) -> None:
    with _opened(one.file) as file:
        encoding = one.layout.get("encoding") or encodings.encoding_of(file)
        file.seek(len(encodings.mark_of(file)))
        head = file.read(HEAD).decode(encoding, "replace")
    delimiter = one.layout.get("delimiter") or encodings.delimiter_of(head)
    one.layout = {**one.layout, "encoding": encoding, "delimiter": delimiter}


def _make_table(one: Import) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, table = Path(folder, "source.xlsx"), Path(folder, "table.csv")
        with _opened(one.file) as file, source.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        made = sheets.to_table(source, table, sheet=one.layout.get("sheet", ""))
        old = one.table
        with table.open("rb") as content:
            one.table = storing.save(content, one.workspace_id, "table")
        storing.delete(old)
    one.layout = {**one.layout, "sheets": made.names, "sheet": made.name}


def _profile(one: Import, told: Any) -> None:
    """1. What stands above the header (a title) is passed over. 2. The header, unless the first row looks like that of
    a lead. 3. All rows are counted, the first ones kept."""
    records_ = _all(one, None)
    head = list(islice(records_, 2))
    if not head:
        raise Unfit("empty")
    first = head[1] if _is_title(head) else head[0]
    has_header = _has_header(one, first)
    below = [row for row in head if row.number > first.number or (row is first and not has_header)]
    samples: list[list[str]] = []
    total, width = 0, len(_trimmed(first.cells))
    for row in chain(below, records_):
        total += 1
        if len(samples) < SAMPLE_ROWS and not row.problem:
            samples.append([_clean(cell[:SAMPLE_CELL]) for cell in row.cells])
        if not has_header and total <= SAMPLE_ROWS:
            width = max(width, len(_trimmed(row.cells)))
        if total > MOST_ROWS:
            raise Unfit("too_many_rows")
        if told and total % 20_000 == 0:
            told(total)
    if not total:
        raise Unfit("header_only")
    if width > MOST_COLUMNS:
        raise Unfit("too_many_columns")
    one.layout = {**one.layout, "has_header": has_header}
    one.profile = {
        "headers": _named(first.cells[:width] if has_header else [""] * width),
        "header_number": first.number if has_header else first.number - 1,
        "samples": [row[:width] for row in samples],
        "total": total,
    }


def _is_title(head: list[Record]) -> bool:
    """One cell, and more in the row below it."""
    filled = [[cell for cell in row.cells if cell.strip()] for row in head]
    return len(head) == 2 and len(filled[0]) == 1 and len(filled[1]) > 1


def _has_header(one: Import, first: Record) -> bool:
    chosen = one.layout.get("has_header")
    return not guessing.looks_like_a_lead(first.cells) if chosen is None else bool(chosen)


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty ones at the end."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _named(headers: list[str]) -> list[str]:
    """Each unlike the others; one without words by its letter."""
    found: dict[str, int] = {}
    named = []
    for place, text in enumerate(headers):
        name = " ".join(_clean(text).split())[:80] or letter(place)
        found[name] = found.get(name, 0) + 1
        named.append(name if found[name] == 1 else f"{name} ({found[name]})")
    return named


def letter(place: int) -> str:
    """As a spreadsheet names its columns: A, B, …, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _clean(text: str) -> str:
    """What the database and a page can hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
