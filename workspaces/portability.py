"""Export and deletion of a whole workspace: each app says what it has.

A section of the export is a file name and the rows that go into it, one JSON object a line. A remover deletes
what an app keeps for the workspace where a plain cascade can't: files, rows outside tenancy. Higher floors go first.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from workspaces.models import Workspace

GRACE = timedelta(days=7)  # between the request and the deletion

Rows = Iterator[dict[str, Any]]


@dataclass(frozen=True)
class Section:
    """`rows(workspace)` runs inside the scope and must stream; values are JSON-serialisable."""

    name: str  # "people", the file's name without ending
    rows: Callable[[Workspace], Rows]


@dataclass(frozen=True)
class Remover:
    """`remove(workspace)` deletes what it knows, inside the scope; safe to run again. Lowest `floor` last."""

    name: str
    floor: int
    remove: Callable[[Workspace], None]


_sections: dict[str, Section] = {}
_removers: dict[str, Remover] = {}


def register_section(section: Section) -> None:
    _sections[section.name] = section


def register_remover(remover: Remover) -> None:
    _removers[remover.name] = remover


def sections() -> Iterable[Section]:
    return _sections.values()


def removers() -> list[Remover]:
    """Highest floor first."""
    return sorted(_removers.values(), key=lambda remover: -remover.floor)
