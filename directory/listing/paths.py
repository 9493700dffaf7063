"""By which indexes the directory is read, so that no filter looks through all there are.

1. What a filter asks for, each field with an index of its own counts up to FEW (one statement). Where few leads have
   it, they are gathered and sorted: `a b` needs the rarer of both, `a or b` both together, `not a` tells nothing.
2. Else a page is full after some thousand rows, as many as FEW: the order is walked, by each value of a filter that an
   index holds in that order (a person's, a stage's), or by the ways in which a person sees.
3. By name and by creation the lead's index is walked, and each placement looked up. By value and by stage there are
   runs (`crm.ui.runs`), each with an index of its own.
4. Two filters of many may have few in common. A walk that has found no page in HASTE milliseconds is given up, and all
   are gathered that the indexes name (`many`), as PostgreSQL thinks best.

What is left (two filters of very many) ends after a second: `crm.patience`.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from crm.ui.ways import Way, compiled
from directory import filtering
from directory.filtering import All, Asked, Clause, Either, Filter, Not
from directory.filtering import asked as by
from directory.filtering.tree import Node
from directory.listing.wanted import Wanted
from directory.models import Placement
from directory.models.placement import PlacementQuerySet
from directory.selection import EVERY
from directory.visibility import may_see, ways_to_see
from workspaces.models import Membership

FEW = 5_000
HASTE = 200  # ms
Ids = QuerySet[Any, Any]


@dataclass(frozen=True)
class Path:
    """`condition` is the filter's. `few` are the ids among which all that is wanted is found, where they are few;
    `many` ids of several kinds, each of which all that is wanted has."""

    membership: Membership
    wanted: Wanted
    condition: Q
    few: Ids | None
    many: tuple[Ids, ...]
    now: dt.datetime

    @property
    def rows(self) -> PlacementQuerySet:
        """All of it, in no order."""
        found = Placement.objects.filter(may_see(self.membership), self.wanted.listed, self.condition)
        return found if self.few is None else found.filter(pk__in=self.few)

    @property
    def ways(self) -> list[Way]:
        """The same as what `keyset.page` cuts, each part by an index in the wanted order."""
        seen = may_see(self.membership) & self.wanted.listed & self.condition
        if self.few is not None:
            return [Way(seen & Q(pk__in=self.few), is_gathered=True)]
        by_value = _by_value(self)
        if by_value:
            return [Way(way.condition & seen, way.nulls, each=way.each) for way in by_value]
        return [
            Way(way & state & self.condition)
            for way in ways_to_see(self.membership)
            for state in _states(self.wanted)
        ]

    @property
    def gathered(self) -> list[Way]:
        """The same by all indexes that name what is asked for, however many they name."""
        found = may_see(self.membership) & self.wanted.listed & self.condition
        for rows in self.many:
            found &= Q(pk__in=rows)
        return [Way(found, is_gathered=True)]

    @property
    def among(self) -> PlacementQuerySet:
        """The rows of `gathered`."""
        found = Placement.objects.filter(self.gathered[0].condition)
        return found if self.few is None else found.filter(pk__in=self.few)

    @property
    def leads(self) -> Q:
        """The same of leads, whose index is walked: each one's placement is looked up by its key, and PostgreSQL sees
        nothing in it that it could gather by. Its index holds when they were created."""
        placement = Placement.objects.filter(
            may_see(self.membership), self.wanted.listed, self.condition, pk=OuterRef("pk")
        )
        found = by.has(placement)
        for part in self.wanted.filter.parts:
            if isinstance(part, Clause) and part.field == "created":
                found &= by.moment("created_at")(self.asked(part))
        return found

    def asked(self, clause: Clause) -> Asked:
        return Asked(self.membership, clause.operator, clause.values, self.now, self.wanted.listed)


def path(membership: Membership, wanted: Wanted, *, now: dt.datetime | None = None) -> Path:
    """One query, none where nothing is filtered."""
    moment = now or timezone.now()
    condition = filtering.condition(wanted.filter, membership, now=moment)
    few, many = _candidates(membership, wanted, moment)
    return Path(membership, wanted, condition, few, many, moment)


def named(wanted: Filter, membership: Membership, state: str) -> list[int] | None:
    """Ids of all that the person sees of what a filter means, where an index tells that they are few: for whoever has
    an order of their own. None where they may be many. Two queries at most."""
    found = path(membership, Wanted(filter=wanted, state=state))
    rows = found.rows.order_by().values_list("pk", flat=True)
    try:
        compiled(rows)
    except EmptyResultSet:
        return []
    return None if found.few is None else list(rows)


def _candidates(
    membership: Membership, wanted: Wanted, now: dt.datetime
) -> tuple[Ids | None, tuple[Ids, ...]]:
    known = {
        clause: rows
        for clause in _asked_for(wanted.filter.tree)
        if (rows := _rows_of(clause, membership, wanted, now)) is not None
    }
    sort = wanted.order.sort
    own = _own(membership) if known or sort.is_of_lead or sort.runs else None
    counts = _counted([*known.values(), *([] if own is None else [own])])
    amounts = dict(zip(known, counts, strict=False))
    best = _best(wanted.filter.tree, amounts)
    if own is not None and (best is None or counts[-1] < best[0]):
        best = (counts[-1], [])
        found: list[Ids] = [own]
    elif best is not None:
        found = [known[clause] for clause in best[1]]
    if best is None or best[0] > FEW:
        needed = [rows for clause, rows in known.items() if clause in wanted.filter.parts]
        return None, (*needed, *([] if own is None else [own]))
    return found[0].union(*found[1:]) if found[1:] else found[0], ()


def _own(membership: Membership) -> Ids | None:
    """Of who sees nothing but their own."""
    if not membership.is_seller or len(ways_to_see(membership)) > 1:
        return None
    return Placement.objects.filter(assignee_id=membership.pk).order_by().values_list("lead_id")


def _asked_for(node: Node | None) -> Iterator[Clause]:
    """Clauses that what matches must meet, or one of which it must."""
    if isinstance(node, Clause):
        yield node
    elif isinstance(node, All | Either):
        for part in node.parts:
            yield from _asked_for(part)


def _rows_of(clause: Clause, membership: Membership, wanted: Wanted, now: dt.datetime) -> Ids | None:
    field = wanted.filter.catalogue.known(clause.field)
    if field.few is None:
        return None
    found = field.few(Asked(membership, clause.operator, clause.values, now, wanted.listed))
    return None if found is None else found.order_by()


def _counted(candidates: list[Ids]) -> list[int]:
    """How many each has, up to FEW and one more."""
    parts, params = [], []
    for rows in candidates:
        try:
            sql, values = compiled(rows[: FEW + 1])
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS few)")  # noqa: S608 (compiled by Django)
        params += values
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return list(map(int, cursor.fetchone()))


def _best(node: Node | None, amounts: dict[Clause, int]) -> tuple[int, list[Clause]] | None:
    """The fewest among which all that matches is: how many, and of which clauses. None where that is not known."""
    if isinstance(node, Clause):
        return (amounts[node], [node]) if node in amounts else None
    if node is None or isinstance(node, Not):
        return None
    parts = [_best(part, amounts) for part in node.parts]
    known = [one for one in parts if one is not None]
    if isinstance(node, All):
        return min(known, key=lambda one: one[0], default=None)
    if len(known) < len(parts):
        return None
    return sum(one[0] for one in known), [clause for one in known for clause in one[1]]


def _by_value(path: Path) -> list[Way]:
    """Of the first field whose values an index holds in the order of time."""
    wanted = path.wanted
    for part in wanted.filter.parts:
        if not isinstance(part, Clause):
            continue
        field = wanted.filter.catalogue.known(part.field)
        if field.walked is not None:
            ways = field.walked(path.asked(part))
            if ways:
                return ways
    return []


def _states(wanted: Wanted) -> list[Q]:
    """No index has both in one order."""
    if wanted.state == EVERY:
        return [Q(is_archived=False), Q(is_archived=True)]
    return [wanted.listed]
