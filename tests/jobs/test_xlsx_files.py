"""Spreadsheets in pieces: what openpyxl reads back is what was written, wherever a piece ended."""

import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from crm.jobs import zip_files
from crm.jobs.xlsx_files import MOST_CHARACTERS, Book, Cell, Column, TooLarge

KINDS = [Cell.TEXT, Cell.NUMBER, Cell.TIME, Cell.DATE, Cell.MONEY]
COLUMNS = [Column(f"<{kind.name}> & más", kind) for kind in KINDS]


def written(rows, *, each=1, title="Leads", most_rows=1_048_576):
    """In pieces of `each` rows, each by a book that knows nothing but the state, as JSON."""
    pieces, state = [], None
    for start in range(0, max(len(rows), 1), each):
        file = io.BytesIO()
        book = Book(file, json.loads(json.dumps(state)), columns=COLUMNS, title=title, most_rows=most_rows)
        if state is None:
            book.begin()
        for row in rows[start : start + each]:
            book.row(row)
        if start + each >= len(rows):
            book.end()
        else:
            state = book.pause()
        pieces.append(file.getvalue())
    return b"".join(pieces)


def read(content, sheet=0):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for row in book.worksheets[sheet].values]


def row(text, number=1):
    return [text, number, datetime(2026, 3, 1, 19, 4, 59), date(2026, 1, 31), Decimal("1200.50")]


TEXTS = [
    "Marta Ruiz",
    "=1+1",
    "@SUM(A1)",
    '<b>&"quoted"</b>',
    "  spaces  ",
    "line\nbreak\ttab",
    "emoji 👍 ñ العربية",
    "_x0041_ stays",
]


@pytest.mark.parametrize("each", [1, 3, 100])
def test_what_is_read_is_what_was_written_wherever_a_piece_ends(each):
    content = written([row(text, number) for number, text in enumerate(TEXTS)], each=each)
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    head, *rows = read(content)
    assert head == ["<TEXT> & más", "<NUMBER> & más", "<TIME> & más", "<DATE> & más", "<MONEY> & más"]
    texts = [[unescape(one[0]), one[1]] for one in rows]  # Excel does so of itself
    assert texts == [[text, number] for number, text in enumerate(TEXTS)]
    assert rows[0][2:] == [datetime(2026, 3, 1, 19, 4, 59), datetime(2026, 1, 31), 1200.5]


def test_what_xml_and_spreadsheets_do_not_take_is_left_out():
    rows = [row("a\x00b\x0b\x1fc\ufffe"), row("x" * 40_000), row(None, None), row("big", 10**17)]
    rows.append(["old", Decimal("12.5"), datetime(1850, 1, 1), date(1850, 1, 1), None])
    _head, *found = read(written(rows))
    assert found[0][0] == "abc"
    assert len(found[1][0]) == MOST_CHARACTERS
    assert found[2][:2] == [None, None]
    assert found[3][1] == "100000000000000000"
    assert found[4] == ["old", 12.5, "1850-01-01 00:00:00", "1850-01-01", None]


def test_another_sheet_follows_where_one_is_full():
    content = written([row(str(number)) for number in range(10)], each=2, title="Le[a]ds: *?", most_rows=5)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Le a ds", "Le a ds 2", "Le a ds 3"]
    texts = [[one[0] for one in sheet.values][1:] for sheet in book.worksheets]
    assert texts == [["0", "1", "2", "3"], ["4", "5", "6", "7"], ["8", "9"]]


def test_a_table_without_rows_has_its_head():
    assert len(read(written([]))) == 1


def test_more_than_the_format_takes_is_refused(monkeypatch):
    monkeypatch.setattr(zip_files, "LIMIT", 5_000)
    with pytest.raises(TooLarge):
        written([row(f"{number**7}") for number in range(3_000)], each=500)
