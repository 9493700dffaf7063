"""What happened between two messages, in one line where it is much: nobody reads twenty lines of "assigned"."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from directory.timeline import Line

FEWEST = 4  # lines that stand together as one


@dataclass(frozen=True)
class Many:
    """Lines of one day, oldest first. The last of them says how it stands, and is shown beside their number."""

    lines: Sequence[Line]

    @property
    def at(self) -> datetime:
        return self.lines[0].at

    @property
    def key(self) -> str:
        return f"events-{self.lines[0].pk}"

    @property
    def version(self) -> str:
        return f"{len(self.lines)}-{self.lines[-1].pk}"


def gathered(things: Iterable[tuple[Any, date]]) -> Iterator[tuple[Any, date]]:
    """The same things with their days; FEWEST or more lines that follow each other on one day are one of them."""
    run: list[Line] = []
    of: date | None = None  # the day of the run
    for thing, day in things:
        if isinstance(thing, Line) and day == of:
            run.append(thing)
            continue
        yield from _together(run, of)
        run, of = ([thing], day) if isinstance(thing, Line) else ([], None)
        if of is None:
            yield thing, day
    yield from _together(run, of)


def _together(run: Sequence[Line], day: date | None) -> Iterator[tuple[Any, date]]:
    if day is not None:
        yield from ((thing, day) for thing in ([Many(tuple(run))] if len(run) >= FEWEST else run))
