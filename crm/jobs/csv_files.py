"""CSV that is written in constant memory and opened without danger.

A spreadsheet runs a cell that begins with = + - @ (or a tab or return before them) as a formula, and what
strangers write comes into our exports. Such text gets an apostrophe in front, which spreadsheets show as
text. Numbers stay numbers, negative ones too. Files are UTF-8 with a byte order mark, without which Excel
garbles accents.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

from django.utils import timezone

from crm.jobs.models import Job
from crm.jobs.progress import Progress

DANGEROUS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # the last four are full-width forms
PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
IN_MEMORY = 1_048_576  # bytes of a part before it goes to a temporary file
PART = 16_777_216  # bytes after which a part is stored

Page = Callable[[Any], tuple[Sequence[Sequence[Any]], Any]]


def cell(value: Any) -> str:
    """What stands in the file: ISO times in the active zone, nothing for None, no formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).replace("\0", "")
    if isinstance(value, int | float) or PLAIN_NUMBER.fullmatch(text):
        return text
    return "'" + text if text.startswith(DANGEROUS) else text


class Writer:
    """Rows into a binary file."""

    def __init__(self, file: IO[bytes], delimiter: str = ",") -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        self._csv = csv.writer(self._text, delimiter=delimiter)

    def mark(self) -> None:
        """The byte order mark, at the very beginning of a file."""
        self._text.write("\ufeff")

    def row(self, values: Iterable[Any]) -> None:
        self._csv.writerow([cell(value) for value in values])

    def cells(self, values: Iterable[str]) -> None:
        """A row of what `cell` has been asked for already."""
        self._csv.writerow(values)

    def release(self) -> None:
        """Let the file go, unclosed."""
        self._text.detach()


def write_csv(job: Job, progress: Progress, *, name: str, header: Sequence[str], page: Page) -> None:
    """The whole run of a job whose result is one CSV file.

    `page(after)` gives the rows that follow `after` (None for the first) and where they end, something for
    JSON; no rows, and the file is finished. Memory is that of a page. Parts are stored when a turn ends or
    PART is reached, and only then does the cursor move: a killed worker's rows since the last part are
    written again, into another file.
    """
    if not job.parts:
        progress.result(name, "text/csv; charset=utf-8")
    done = job.cursor.get("done", 0)
    after = job.cursor.get("after")
    job.done = done  # what was counted but not stored is counted again
    while not job.cursor.get("complete"):
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            after, count, complete = _fill(file, progress, header if not job.parts else None, after, page)
            done += count
            cursor = {"after": after, "done": done, "complete": complete}
            progress.add_part(file, cursor=cursor)  # may end the turn


def _fill(
    file: Any, progress: Progress, header: Sequence[str] | None, after: Any, page: Page
) -> tuple[Any, int, bool]:
    """One part: where it ends, how many rows it has, whether it is the last."""
    writer = Writer(file)
    count = 0
    if header is not None:
        writer.mark()
        writer.row(header)
    try:
        while True:
            rows, following = page(after)
            if not rows:
                return after, count, True
            for row in rows:
                writer.row(row)
            after = following
            count += len(rows)
            progress.advance(len(rows))
            if progress.is_turn_over or file.tell() >= PART:
                return after, count, False
    finally:
        writer.release()
