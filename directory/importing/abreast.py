"""Batches written two at a time, each on a connection of its own, and committed in the order of the file.

What takes the time of an import is PostgreSQL's work on rows, indexes and references, for which a connection has one
processor.

1. A batch is read (locks, who is there, what becomes of each row) while no other is: so whoever comes later waits for
   locks of whoever came before, and never the other way round.
2. It is written beside the one before it, unless that one may decide about it: see `Place.stands_behind`.
3. It is committed after the one before it, or not at all: so an import's position stands for all that is before it.
"""

import contextvars
import threading
from collections.abc import Callable, Generator, Iterator
from types import TracebackType
from typing import Self

from django.db import connection

from directory.importing.drafting import Draft
from directory.importing.matching import Key


class GaveUp(Exception):
    """A batch before this one was not committed."""


class Place:
    """Of a batch in the line. Whoever takes it has the line to themselves until `is_read`."""

    def __init__(self, line: "Line", drafts: list[Draft], before: "Place | None") -> None:
        self.drafts = drafts
        self.last = drafts[-1].number
        self._line, self._before = line, before
        self._keys: frozenset[Key] = frozenset(key for draft in drafts for key in draft.identities())
        self._ended = threading.Event()
        self._is_committed = self._is_read = False
        self._decides_for_others = True  # until it is known that it does not

    def stands_behind(self) -> None:
        """What is read next may rest on what the batch before writes: leads of the same keys, tags it has made, leads
        that were there and that it changes."""
        before = self._before
        if before is not None and (before._decides_for_others or not self._keys.isdisjoint(before._keys)):
            self.wait()

    def is_read(self, *, decides_for_others: bool) -> None:
        """Whoever comes next may read now."""
        self._decides_for_others = decides_for_others
        if not self._is_read:
            self._is_read = True
            self._line.let_in()

    def wait(self) -> None:
        """Until all before it is committed. Raises GaveUp where it was not."""
        if self._before is not None:
            self._before._ended.wait()
            if not self._before._is_committed:
                raise GaveUp
            self._before = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Its transaction has ended."""
        self._is_committed = kind is None
        self._ended.set()
        if not self._is_read:
            self.is_read(decides_for_others=True)


class Line:
    """Batches in their order. `over` says when no more are to be begun; one always is."""

    def __init__(self, batches: Generator[list[Draft]], over: Callable[[], bool]) -> None:
        self._batches, self._over = batches, over
        self._last: Place | None = None
        self._reading = threading.Lock()
        self._is_closed = False

    def __iter__(self) -> Iterator[Place]:
        while (place := self._next()) is not None:
            yield place

    def close(self) -> None:
        """No more are begun."""
        self._is_closed = True

    def end(self) -> None:
        """Nobody stands in it: what makes batches ahead may go."""
        self._batches.close()

    def let_in(self) -> None:
        self._reading.release()

    def _next(self) -> Place | None:
        """The line is the caller's now, until the place is read."""
        self._reading.acquire()
        try:
            is_over = self._is_closed or (self._last is not None and self._over())
            drafts = None if is_over else next(self._batches, None)
            self._last = Place(self, drafts, self._last) if drafts else None
        except BaseException:
            self._reading.release()
            raise
        if self._last is None:
            self._is_closed = True
            self._reading.release()
        return self._last


def write(line: Line, one: Callable[[Place], None], *, abreast: bool) -> None:
    """All of it, by this thread and, `abreast`, another. `one` writes a batch, in a transaction of its own. Raises what
    the batch that failed has raised."""
    failures: list[Exception] = []

    def work() -> None:
        try:
            for place in line:
                with place:
                    one(place)
        except GaveUp:
            pass  # whoever was before says why
        except Exception as error:  # noqa: BLE001 (raised again by the thread that was called)
            failures.append(error)
        finally:
            line.close()

    def beside() -> None:
        try:
            work()
        finally:
            connection.close()  # the thread's own

    other = threading.Thread(target=contextvars.copy_context().run, args=(beside,), daemon=True)
    if abreast:
        other.start()
    try:
        work()
    finally:
        if abreast:
            other.join()
        line.end()
    if failures:
        raise failures[0]
