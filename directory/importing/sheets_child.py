"""A process of its own that reads one spreadsheet: python sheets_child.py <file> <table> <limits as JSON>

A spreadsheet of a few megabytes can grow to any size in memory (a text that a million cells name). What reads it has
limits of its own, set before the file is opened, and takes nobody with it. Standard library and the reader only.

The table is CSV in UTF-8: the row's number in the sheet, then its cells as text. Answers JSON on standard output.
"""

import csv
import datetime as dt
import json
import resource
import sys
from pathlib import Path
from typing import Any


def main() -> int:
    source, table, limits = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        book = CalamineWorkbook.from_path(source)
        sheets = [
            one.name
            for one in book.sheets_metadata
            if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
        ]
        wanted = limits["sheet"]
        answer: dict[str, Any] = {"sheets": sheets}
        for name in [wanted] if wanted in sheets else sheets:
            rows = _write(book.get_sheet_by_name(name), Path(table), limits)
            answer |= {"sheet": name}
            if rows:
                break
        if not sheets:
            answer = {"problem": "no_sheet"}
    except PasswordError:
        answer = {"problem": "password"}
    except CalamineError:
        answer = {"problem": "no_sheet"}
    except _TooLarge:
        answer = {"problem": "sheet_too_large"}
    sys.stdout.write(json.dumps(answer))
    return 0


class _TooLarge(Exception):
    pass


def _write(sheet: Any, table: Path, limits: dict[str, Any]) -> int:
    """How many rows. Cells that were merged downwards hold their value in every row; to the right they do not."""
    top, left = sheet.start or (0, 0)
    merged = _downwards(sheet, left)
    held: dict[int, tuple[int, str]] = {}  # column: until which row, the value
    rows = 0
    with table.open("w", encoding="utf-8", errors="replace", newline="") as file:
        out = csv.writer(file)
        for number, cells in enumerate(sheet.iter_rows(), top):
            texts = [_text(cell) for cell in cells]
            for column, until in merged.get(number, ()):
                if column < len(texts):
                    held[column] = (until, texts[column])
            for column, (until, value) in list(held.items()):
                if number > until:
                    del held[column]
                else:
                    texts[column] = value
            if any(texts):
                out.writerow([number + 1, *texts])
                rows += 1
                if rows % 1000 == 0 and file.tell() > limits["table"]:
                    raise _TooLarge
    return rows


def _downwards(sheet: Any, left: int) -> dict[int, list[tuple[int, int]]]:
    """{first row: [(column within the data, last row)]}"""
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, first), (bottom, _last) in sheet.merged_cell_ranges or ():
        if bottom > top and first >= left:
            found.setdefault(top, []).append((first - left, bottom))
    return found


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


if __name__ == "__main__":
    sys.exit(main())
