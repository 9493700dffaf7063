"""What a person keeps of the directory: their columns, its density, the segments beside it. One query."""

import json
from dataclasses import dataclass
from typing import Any

from crm import prepared
from crm.tenancy import current_workspace
from directory import columns
from directory.columns import Column
from directory.listing.wanted import Wanted
from workspaces.models import Membership

_SQL = """
SELECT NULL::bigint, '', '', '', s.columns::text, s.is_compact::text, false, -1, 0::bigint
FROM directory_listsettings s WHERE s.workspace_id = %(workspace)s AND s.membership_id = %(person)s
UNION ALL
SELECT g.id, g.name, g.icon, g.filter, g.state, g.sort, g.membership_id IS NULL, g.position, g.id
FROM directory_segment g
WHERE g.workspace_id = %(workspace)s AND (g.membership_id IS NULL OR g.membership_id = %(person)s)
"""


@dataclass(frozen=True)
class Shown:
    """A segment as a place: where it leads, and whether one is there."""

    pk: int
    name: str
    icon: str
    is_shared: bool
    query: str
    is_here: bool


@dataclass(frozen=True)
class Kept:
    """`keys` are of columns, empty where the person has chosen none."""

    keys: tuple[str, ...]
    is_compact: bool
    segments: tuple[Shown, ...]

    @property
    def columns(self) -> list[Column]:
        """The name first, whatever was chosen: the rows begin with it."""
        found = columns.named(self.keys) if self.keys else columns.usual()
        name = columns.named(["name"])
        return [*name, *(one for one in found if one.key != "name")]


def of(membership: Membership, wanted: Wanted) -> Kept:
    rows = prepared.rows(_SQL, {"workspace": current_workspace(), "person": membership.pk})
    keys: tuple[str, ...] = ()
    is_compact = False
    segments = []
    for row in sorted(rows, key=lambda one: (not one[6], one[7], one[8])):
        if row[0] is None:
            keys = tuple(key for key in json.loads(row[4]) if isinstance(key, str))
            is_compact = row[5] == "true"
        else:
            segments.append(_shown(row, membership, wanted))
    return Kept(keys, is_compact, tuple(segments))


def _shown(row: tuple[Any, ...], membership: Membership, wanted: Wanted) -> Shown:
    pk, name, icon, text, state, sort, is_shared = row[:7]
    place = Wanted.at(text, state, sort, membership)
    here = (text, state) == (wanted.text, wanted.state) and not wanted.words
    return Shown(pk, name, icon, is_shared, place, here)
