"""CSV: safe to open, constant in memory."""

import io
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from crm.jobs import csv_files


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+525512345678",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        '=HYPERLINK("http://x")',
        "＝1",
        "-",
        "-1-1",
    ],
)
def test_what_a_spreadsheet_would_run_becomes_text(text):
    assert csv_files.cell(text) == "'" + text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-5, "-5"),
        (-1.5, "-1.5"),
        (Decimal("-10.20"), "-10.20"),
        ("-12", "-12"),
        ("1.234,50", "1.234,50"),
        ("Marta = Ruiz", "Marta = Ruiz"),
        ("", ""),
        (None, ""),
        ("a\0b", "ab"),
        (date(2026, 7, 23), "2026-07-23"),
    ],
)
def test_numbers_and_ordinary_text_stay(value, shown):
    assert csv_files.cell(value) == shown


def test_moments_are_in_the_active_zone():
    with timezone.override("America/Mexico_City"):
        assert csv_files.cell(datetime(2026, 1, 1, 12, tzinfo=UTC)) == "2026-01-01 06:00:00-06:00"


def test_a_writer_begins_with_a_mark_and_quotes_what_needs_it():
    file = io.BytesIO()
    writer = csv_files.Writer(file)
    writer.mark()
    writer.row(["Nuñez, Ana", 'said "hi"', "two\nlines"])
    writer.release()
    assert file.getvalue() == '\ufeff"Nuñez, Ana","said ""hi""","two\nlines"\r\n'.encode()


def test_memory_is_that_of_a_page():
    """A million cells in 2,000 pages, of which one at a time is held."""
    pages = iter(range(2_000))

    def page(after):
        number = next(pages, None)
        return ([], number) if number is None else ([["x" * 50] * 5] * 100, number)

    file = SimpleNamespace(tell=lambda: 0)
    sink = type(
        "Sink", (io.RawIOBase,), {"writable": lambda self: True, "write": lambda self, data: len(data)}
    )()
    sink.tell = file.tell
    progress = SimpleNamespace(is_turn_over=False, advance=lambda by: None)
    tracemalloc.start()
    _after, count, complete = csv_files._fill(sink, progress, ["h"] * 5, None, page)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (count, complete) == (200_000, True)
    assert peak < 2_000_000
