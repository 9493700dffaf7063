"""The kinds of files: each takes windows of rows, and is paused and gone on with between the parts of a job."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, Protocol

from crm.jobs import csv_files, xlsx_files
from directory.exporting import asking, columns
from directory.exporting.columns import Filed
from directory.exporting.sources import Asked, Kind
from directory.models.placement import PlacementQuerySet
from workspaces.models import Membership

CSV, XLSX = "csv", "xlsx"
TYPES = {CSV: "text/csv; charset=utf-8", XLSX: xlsx_files.TYPE}
DELIMITERS = {"comma": ",", "semicolon": ";"}
_NUMBERS = re.compile(r"\+\d+(, \+\d+)*", re.ASCII)
_WIDTHS = {Kind.TIME: 19, Kind.DATE: 11, Kind.NUMBER: 12, Kind.MONEY: 12, Kind.TEXT: 26, Kind.EMAIL: 26}
_CELLS = {
    Kind.TIME: xlsx_files.Cell.TIME,
    Kind.DATE: xlsx_files.Cell.DATE,
    Kind.MONEY: xlsx_files.Cell.MONEY,
    Kind.NUMBER: xlsx_files.Cell.NUMBER,
}


@dataclass(frozen=True)
class Layout:
    """What is in the file, and for whom."""

    filed: Sequence[Filed]
    membership: Membership
    asked: Asked
    title: str
    delimiter: str = ","
    mark: bool = True  # a byte order mark, without which Excel garbles accents


class Form(Protocol):
    """Of one part of a file. `state` is for JSON, and is what the next part's form is made with."""

    def begin(self) -> None: ...
    def window(self, selected: PlacementQuerySet) -> int: ...
    def end(self) -> None: ...
    def pause(self) -> dict[str, Any]: ...


class CsvForm:
    """Written by PostgreSQL itself, where it has all columns and nothing is masked."""

    def __init__(self, file: IO[bytes], layout: Layout, state: dict[str, Any]) -> None:
        self._file, self._layout = file, layout
        masks = [columns.mask(one.kind, layout.membership) for one in layout.filed]
        self._is_plain = not any(masks) and all(one.source for one in layout.filed)

    def begin(self) -> None:
        with _Lines(self._file, self._layout.delimiter) as writer:
            if self._layout.mark:
                writer.mark()
            writer.row(str(one.label) for one in self._layout.filed)

    def window(self, selected: PlacementQuerySet) -> int:
        layout = self._layout
        if self._is_plain:
            return asking.copied(self._file, selected, layout.filed, layout.asked, layout.delimiter)
        count = 0
        with _Lines(self._file, layout.delimiter) as writer:
            for row in rows(selected, layout):
                writer.cells(_cell(one.kind, value) for one, value in zip(layout.filed, row, strict=True))
                count += 1
        return count

    def end(self) -> None:
        """Nothing stands at the end of lines."""

    def pause(self) -> dict[str, Any]:
        return {}


class XlsxForm:
    def __init__(self, file: IO[bytes], layout: Layout, state: dict[str, Any]) -> None:
        self._layout = layout
        listed = [
            xlsx_files.Column(
                str(one.label), _CELLS.get(one.kind, xlsx_files.Cell.TEXT), _WIDTHS.get(one.kind, 18)
            )
            for one in layout.filed
        ]
        self._book = xlsx_files.Book(file, state, columns=listed, title=layout.title)
        self.begin, self.end, self.pause = self._book.begin, self._book.end, self._book.pause

    def window(self, selected: PlacementQuerySet) -> int:
        found = rows(selected, self._layout)
        for row in found:
            self._book.row(row)
        return len(found)


FORMS: dict[str, type[CsvForm] | type[XlsxForm]] = {CSV: CsvForm, XLSX: XlsxForm}


def rows(selected: PlacementQuerySet, layout: Layout) -> list[Sequence[Any]]:
    """Of a window, in the order of the leads' numbers, as the person may see them."""
    filed, membership = layout.filed, layout.membership
    given = [one for one in filed if one.source]
    found = asking.rows(selected, given, layout.asked)
    loaded = columns.loaded(filed, [row[0] for row in found], membership)
    masks = [columns.mask(one.kind, membership) if one.source else None for one in filed]
    if not loaded and not any(masks):
        return [row[1:] for row in found]
    made: list[Sequence[Any]] = []
    for row in found:
        of_database = iter(row[1:])
        values = [next(of_database) if one.source else loaded[one.key].get(row[0]) for one in filed]
        made.append(
            [mask(value) if mask and value else value for mask, value in zip(masks, values, strict=True)]
        )
    return made


class _Lines:
    """A writer of lines on a file that goes on after it."""

    def __init__(self, file: IO[bytes], delimiter: str) -> None:
        self._writer = csv_files.Writer(file, delimiter)

    def __enter__(self) -> csv_files.Writer:
        return self._writer

    def __exit__(self, *error: object) -> None:
        self._writer.release()


def _cell(kind: Kind, value: Any) -> str:
    """A whole number in E.164 is no formula to a spreadsheet, and other programs read it with its plus."""
    if kind in (Kind.PHONE, Kind.PHONES) and isinstance(value, str) and _NUMBERS.fullmatch(value):
        return value
    return csv_files.cell(value)
