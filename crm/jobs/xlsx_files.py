"""Spreadsheets (XLSX) that are written in pieces and in constant memory; read by Excel, LibreOffice and their like.

    book = Book(file, state, columns=[Column("Name", Cell.TEXT, 24), …], title="Leads")
    book.begin() first; book.row([…]); book.pause() → the state for the next piece; book.end() at last

Text stands in its cell as text, which no spreadsheet runs; what would be a formula if somebody edited it is marked as
quoted, too, and stays text then. Format: ECMA-376 part 1, 18.3, with inline strings. Where the rows of one sheet are
full, another follows.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import IntEnum
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape

from crm.jobs.csv_files import DANGEROUS
from crm.jobs.zip_files import TooLarge, ZipPieces

MOST_ROWS = 1_048_576  # of a sheet, with its header
MOST_CHARACTERS = 32_767  # of a cell
MOST_BYTES = 3_500_000_000  # of a sheet's XML
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BUFFER = 262_144  # characters before they are packed
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 (a spreadsheet knows no zones)
_FIRST_DAY = dt.date(1900, 3, 1)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class Cell(IntEnum):
    """What a column holds; the number is its style in `_STYLES`."""

    TEXT = 0
    HEAD = 1
    TIME = 2
    DATE = 3
    MONEY = 4
    QUOTED = 5
    NUMBER = 6


class Column(NamedTuple):
    label: str
    cell: Cell = Cell.TEXT
    width: int = 18  # characters


class Book:
    """`rows` counts those of the sheet that is open, `sheet` the sheets."""

    def __init__(
        self,
        file: IO[bytes],
        state: dict[str, Any] | None = None,
        *,
        columns: Sequence[Column],
        title: str,
        most_rows: int = MOST_ROWS,
    ) -> None:
        state = state or {}
        self._zip = ZipPieces(file, state.get("zip"))
        self._columns, self._title, self._most_rows = columns, _sheet_name(title), most_rows
        self._rows: int = state.get("rows", 0)
        self._sheet: int = state.get("sheet", 0)
        self._buffer: list[str] = []
        self._held = 0
        self._cells: list[Callable[[Any], str]] = [_CELLS[column.cell] for column in columns]

    def begin(self) -> None:
        self._sheet += 1
        self._rows = 0
        self._zip.open(f"xl/worksheets/sheet{self._sheet}.xml")
        self._write(_BEFORE + _widths(self._columns) + "<sheetData>")
        self._append("".join(_styled(column.label, Cell.HEAD) for column in self._columns))

    def row(self, values: Iterable[Any]) -> None:
        if self._rows >= self._most_rows or self._zip.written > MOST_BYTES:
            self._close()
            self.begin()
        self._append(
            "".join(
                [
                    "<c/>" if value is None or value == "" else cell(value)
                    for cell, value in zip(self._cells, values, strict=True)
                ]
            )
        )

    def pause(self) -> dict[str, Any]:
        self._flush()
        return {"zip": self._zip.pause(), "rows": self._rows, "sheet": self._sheet}

    def end(self) -> None:
        """Raises TooLarge where it is more than a file of this format takes, as `row` may."""
        self._close()
        sheets = range(1, self._sheet + 1)
        for name, content in _around(self._title, sheets):
            self._zip.add(name, content)
        self._zip.finish()

    def _close(self) -> None:
        self._write("</sheetData></worksheet>")
        self._flush()
        self._zip.close()

    def _append(self, cells: str) -> None:
        self._rows += 1
        self._write(f"<row>{cells}</row>")

    def _write(self, text: str) -> None:
        self._buffer.append(text)
        self._held += len(text)
        if self._held >= _BUFFER:
            self._flush()

    def _flush(self) -> None:
        self._zip.write("".join(self._buffer).encode())
        self._buffer, self._held = [], 0


def _text(value: Any) -> str:
    text = str(value)
    return _styled(text, Cell.QUOTED if text.startswith(DANGEROUS) else Cell.TEXT)


def _styled(text: str, style: Cell) -> str:
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS]
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    if not text.isprintable():
        text = _FORBIDDEN.sub("", text)
    if "&" in text or "<" in text or ">" in text:
        text = escape(text)
    space = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    mark = f' s="{style:d}"' if style else ""
    return f'<c t="inlineStr"{mark}><is><t{space}>{text}</t></is></c>'


def _time(value: dt.datetime) -> str:
    """Naive: a spreadsheet knows no zones. It does not know days before March 1900 rightly, either."""
    if value.date() < _FIRST_DAY:
        return _text(value.isoformat(" ", "seconds"))
    since = value - _EPOCH
    return f'<c s="2"><v>{since.days + since.seconds / 86_400:.9f}</v></c>'


def _date(value: dt.date) -> str:
    if value < _FIRST_DAY:
        return _text(value.isoformat())
    return f'<c s="3"><v>{(value - _EPOCH.date()).days}</v></c>'


def _money(value: Decimal) -> str:
    return f'<c s="4"><v>{value}</v></c>'


def _number(value: Any) -> str:
    """Whole ones of more digits than a spreadsheet keeps stay text."""
    if isinstance(value, int) and abs(value) >= 10**15:
        return _text(value)
    return f"<c><v>{value}</v></c>"


_CELLS: dict[Cell, Callable[[Any], str]] = {
    Cell.TEXT: _text,
    Cell.HEAD: lambda value: _styled(str(value), Cell.HEAD),
    Cell.TIME: _time,
    Cell.DATE: _date,
    Cell.MONEY: _money,
    Cell.QUOTED: _text,
    Cell.NUMBER: _number,
}


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:25].strip() or "1"


def _widths(columns: Sequence[Column]) -> str:
    wide = "".join(
        f'<col min="{place}" max="{place}" width="{column.width}" customWidth="1"/>'
        for place, column in enumerate(columns, 1)
    )
    return f"<cols>{wide}</cols>" if wide else ""


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DEFAULTS = (
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
)
_BEFORE = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="7">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _around(title: str, sheets: Sequence[int]) -> list[tuple[str, str]]:
    """(name, content) of the files that tell what the sheets are."""
    named = [(number, escape(title if number == 1 else f"{title} {number}")) for number in sheets]
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in named)
    related = "".join(_relation(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in sheets)
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in sheets]
    typed = "".join(_override(part, kind) for part, kind in parts)
    relations = f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    return [
        ("xl/styles.xml", _STYLES),
        (
            "xl/workbook.xml",
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        ),
        (
            "xl/_rels/workbook.xml.rels",
            f"{relations}{related}{_relation('rId0', 'styles', 'styles.xml')}</Relationships>",
        ),
        (
            "_rels/.rels",
            f"{relations}{_relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>",
        ),
        (
            "[Content_Types].xml",
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{_DEFAULTS}{typed}</Types>',
        ),
    ]


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="{part}" ContentType="{_KIND}.{kind}+xml"/>'


__all__ = ["TYPE", "Book", "Cell", "Column", "TooLarge"]
