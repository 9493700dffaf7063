"""What a person keeps of the directory: their columns, its density, the segments beside it. One query, which tells a
seller's stages, too: by them the list is walked, and they would be asked for next."""

import json
from dataclasses import dataclass
from typing import Any

from crm import prepared
from crm.tenancy import current_workspace
from directory import columns
from directory.columns import Column
from directory.listing.wanted import Wanted
from directory.visibility import funnels_granted, stage_model, tell_stages
from workspaces.models import Membership

_SQL = """
SELECT NULL::bigint, '', '', '', s.columns::text, s.is_compact::text, false, -1, 0::bigint
FROM directory_listsettings s WHERE s.workspace_id = %(workspace)s AND s.membership_id = %(person)s
UNION ALL
SELECT g.id, g.name, g.icon, g.filter, g.state, g.sort, g.membership_id IS NULL, g.position, g.id
FROM directory_segment g
WHERE g.workspace_id = %(workspace)s AND (g.membership_id IS NULL OR g.membership_id = %(person)s)
"""
_STAGES = """
UNION ALL
SELECT t.id, '', '', '', '', '', true, -2, t.funnel_id
FROM {table} t WHERE t.workspace_id = %(workspace)s AND t.funnel_id = ANY(%(funnels)s)
"""


_A_STAGE = -2


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
    rows = _rows(membership)
    keys: tuple[str, ...] = ()
    is_compact = False
    segments = []
    for row in sorted(rows, key=lambda one: (not one[6], one[7], one[8])):
        if row[7] == _A_STAGE:
            continue
        if row[0] is None:
            keys = tuple(key for key in json.loads(row[4]) if isinstance(key, str))
            is_compact = row[5] == "true"
        else:
            segments.append(_shown(row, membership, wanted))
    return Kept(keys, is_compact, tuple(segments))


def _rows(membership: Membership) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {"workspace": current_workspace(), "person": membership.pk}
    funnels = funnels_granted(membership)
    if not funnels:
        return prepared.rows(_SQL, values)
    sql = _SQL + _STAGES.format(table=stage_model()._meta.db_table)
    rows = prepared.rows(sql, {**values, "funnels": sorted(funnels)})
    tell_stages(membership, [(row[0], row[8]) for row in rows if row[7] == _A_STAGE])
    return rows


def _shown(row: tuple[Any, ...], membership: Membership, wanted: Wanted) -> Shown:
    pk, name, icon, text, state, sort, is_shared = row[:7]
    place = Wanted.at(text, state, sort, membership)
    here = (text, state) == (wanted.text, wanted.state) and not wanted.words
    return Shown(pk, name, icon, is_shared, place, here)
