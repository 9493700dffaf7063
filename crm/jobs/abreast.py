"""Batches of a job written two at a time, each on a connection of its own, and committed in their order.

    with progress.abreast(advance=…, cursor=…):        # in what `write` is given
        rows = …locks, reads, decides…
        place.let_in(tells)                            # from here on the next batch may
        …writes…
        place.take_turn()
        …what all batches write, such as their counts…

What takes the time of many rows is PostgreSQL's work on them, their indexes and references, for which a connection has
one processor.

1. A batch takes its locks while no other does. So whoever comes later waits for locks of whoever came before, never the
   other way round: that wait would be one of which PostgreSQL knows nothing.
2. What the next has to know of one that is not committed yet is told. Where it can't be, it waits for the commit.
3. A batch is committed after the one before it, or not at all: so a job's cursor stands for all that is before it.
"""

import contextvars
import threading
from collections.abc import Callable, Generator, Iterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from django.db import connection

T = TypeVar("T")


class GaveUp(Exception):
    """A batch before this one was not committed."""


class Place(Generic[T]):
    """Of a batch in the line, which whoever takes it has to themselves until `let_in`. A context around its
    transaction."""

    def __init__(self, work: T, line: "Line[T] | None" = None, before: "Place[T] | None" = None) -> None:
        """Without a line nobody is before or behind it: a batch in a transaction that somebody else has begun."""
        self.work = work
        self.tells: Any = None
        self._line, self._before = line, before
        self._is_in_line = line is not None
        self._ended = threading.Event()
        self._is_committed = False

    @property
    def before(self) -> "Place[T] | None":
        """The one before, unless it is known to be committed."""
        return self._before

    def let_in(self, tells: Any = None) -> None:
        """Whoever comes next may begin. `tells` is what they have to know of this one; None: to wait for it."""
        line, self._line = self._line, None
        if line is not None:
            self.tells = tells
            line.let_in()

    def take_turn(self) -> None:
        """At its end. References are checked here, and not at its commit, for which whoever comes next waits."""
        if self._is_in_line:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self.wait()

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
        self._is_committed = kind is None
        self._ended.set()
        self.let_in()


class Line(Generic[T]):
    """Batches in their order. `over` says when no more are to be begun; one always is."""

    def __init__(self, batches: Generator[T], over: Callable[[], bool]) -> None:
        self._batches, self._over = batches, over
        self._last: Place[T] | None = None
        self._entrance = threading.Lock()
        self._is_closed = False

    def __iter__(self) -> Iterator[Place[T]]:
        while (place := self._next()) is not None:
            yield place

    def close(self) -> None:
        """No more are begun."""
        self._is_closed = True

    def end(self) -> None:
        """Nobody stands in it: what makes batches ahead may go."""
        self._batches.close()

    def let_in(self) -> None:
        self._entrance.release()

    def _next(self) -> Place[T] | None:
        self._entrance.acquire()
        try:
            is_over = self._is_closed or (self._last is not None and self._over())
            work = None if is_over else next(self._batches, None)
            self._last = Place(work, self, self._last) if work is not None else None
        except BaseException:
            self._entrance.release()
            raise
        if self._last is None:
            self._is_closed = True
            self._entrance.release()
        return self._last


def write(
    batches: Generator[T], one: Callable[[Place[T]], None], *, over: Callable[[], bool], abreast: bool = True
) -> None:
    """All of them, by this thread and, `abreast`, another. `one` writes a batch, in a transaction of its own. Raises
    what the batch that failed has raised. In a transaction of the caller's, of which another connection knows nothing,
    there is no other."""
    abreast = abreast and not connection.in_atomic_block
    line = Line(batches, over)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for place in line:
                with place:
                    one(place)
        except GaveUp:
            pass  # whoever was before says why
        except BaseException as error:  # noqa: BLE001 (raised again by the thread that was called)
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
    work()
    if abreast:
        other.join()
    line.end()
    if failures:
        raise failures[0]
