"""What happened between two messages, in one line where it is much: nobody reads twenty lines of "assigned"."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

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


def gathered(things: Iterable[Any]) -> Iterator[Any]:
    """The same things, with FEWEST or more lines that follow each other on one day in one."""
    run: list[Line] = []
    for thing in things:
        if isinstance(thing, Line) and (not run or _day(run[0]) == _day(thing)):
            run.append(thing)
            continue
        yield from _one_or_each(run)
        run = [thing] if isinstance(thing, Line) else []
        if not run:
            yield thing
    yield from _one_or_each(run)


def _one_or_each(run: Sequence[Line]) -> Sequence[Any]:
    return [Many(tuple(run))] if len(run) >= FEWEST else run


def _day(line: Line) -> Any:
    return timezone.localtime(line.at).date()
