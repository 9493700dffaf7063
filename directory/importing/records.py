"""Rows of a delimited text, of which any may be broken, and none may take the others with it.

A quotation mark that is never closed would swallow all that follows. Where a row goes over too many lines, or the text
ends within it, or it has more cells than there are columns, its first line alone is broken: the lines after it are read
anew.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from directory.importing.limits import FIELD, LONGEST_LINE, LONGEST_RECORD


@dataclass(frozen=True)
class Record:
    """`number` as a spreadsheet counts, from 1. `problem`: why it could not be read; `cells` go as far."""

    number: int
    cells: list[str]
    problem: str = ""


class _Runaway(Exception):
    """A row goes on and on."""


def read(text: IO[str], delimiter: str, *, width: int | None = None) -> Iterator[Record]:
    """Every row that is not blank. `text` keeps its line ends. `width`: how many columns there are, once known."""
    yield from _Records(text, delimiter, width)


class _Records:
    def __init__(self, text: IO[str], delimiter: str, width: int | None) -> None:
        self._text, self._delimiter, self._width = text, delimiter, width
        self._again: deque[str] = deque()  # lines that are read anew
        self._taken: list[str] = []  # lines of this row
        self._size = 0
        self._is_cut = False  # a line was too long
        self._ended_within = False

    def __iter__(self) -> Iterator[Record]:
        csv.field_size_limit(FIELD)
        rows = csv.reader(self._lines(), delimiter=self._delimiter)
        number = 0
        while True:
            self._taken, self._size, self._is_cut = [], 0, False
            problem = ""
            try:
                cells = next(rows)
            except StopIteration:
                return
            except (csv.Error, _Runaway):
                cells, problem = [], "broken"
            number += 1
            if self._ended_within or (
                len(self._taken) > 1 and self._width is not None and len(cells) > self._width
            ):
                problem = "broken"
            if self._is_cut:
                problem = "line_too_long"
            if problem:
                cells = [self._taken[0].rstrip("\r\n")[:FIELD]] if self._taken else []
                self._again.extendleft(reversed(self._taken[1:]))
                self._ended_within = False
                rows = csv.reader(self._lines(), delimiter=self._delimiter)
            if problem or any(cells):
                yield Record(number, cells, problem)

    def _lines(self) -> Iterator[str]:
        """Lines for the parser, remembered until the row is there."""
        while True:
            line = self._again.popleft() if self._again else self._next()
            if not line:
                self._ended_within = bool(self._taken)  # the parser wants more only within quotes
                return
            self._taken.append(line)
            self._size += len(line)
            if len(self._taken) > LONGEST_RECORD or self._size > 2 * LONGEST_LINE:
                raise _Runaway
            yield line

    def _next(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            self._is_cut = True
            while (rest := self._text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
                pass
            return line + "\n"
        return line
