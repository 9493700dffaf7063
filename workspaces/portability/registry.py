"""What each app has of a workspace."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from workspaces.models import Workspace

PAGE = 500  # rows read at once

Row = dict[str, Any]
Page = tuple[Sequence[Row], Any]


@dataclass(frozen=True)
class Section:
    """`page(workspace, after)` gives the rows that follow `after` (None for the first) and where they end.

    Inside the scope. Where a page ends is something for JSON, since an export goes on after a killed worker; no rows
    end the section. Rows are what `json` with Django's encoder takes. `count(workspace)` is for the progress.
    """

    name: str  # "people": the file's name without ending
    page: Callable[[Workspace, Any], Page]
    count: Callable[[Workspace], int]


@dataclass(frozen=True)
class Files:
    """Media. `page(workspace, after)` gives [(name in the archive, name in the storage)] as a section gives rows."""

    name: str
    page: Callable[[Workspace, Any], tuple[Sequence[tuple[str, str]], Any]]


@dataclass(frozen=True)
class Remover:
    """`remove(workspace)` deletes some of what it knows and says how much; it is called until nothing is left.

    Inside the scope, without a transaction; a call takes seconds at most and may be repeated. Highest `floor` first.
    """

    name: str
    floor: int
    remove: Callable[[Workspace], int]


_sections: dict[str, Section] = {}
_files: dict[str, Files] = {}
_removers: dict[str, Remover] = {}


def register_section(section: Section) -> None:
    _sections[section.name] = section


def register_files(files: Files) -> None:
    _files[files.name] = files


def register_remover(remover: Remover) -> None:
    _removers[remover.name] = remover


def sections() -> list[Section]:
    return list(_sections.values())


def files() -> list[Files]:
    return list(_files.values())


def removers() -> list[Remover]:
    """Highest floor first."""
    return sorted(_removers.values(), key=lambda remover: -remover.floor)


def table(
    name: str, rows: Callable[[Workspace], QuerySet[Any]], as_row: Callable[[Any], Row], *, page: int = PAGE
) -> Section:
    """A section that is a queryset, read by primary key."""

    def read(workspace: Workspace, after: Any) -> Page:
        found: list[Model] = list(rows(workspace).filter(pk__gt=after or 0).order_by("pk")[:page])
        return [as_row(one) for one in found], found[-1].pk if found else after

    return Section(name, read, lambda workspace: rows(workspace).count())
