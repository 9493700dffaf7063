"""What is known of the leads that are wanted: the filter's condition, what the person sees, and the indexes that name
what is asked for.

1. Each part of a filter that an index holds is a set of leads (`Field.few`). What is asked of placements is one set
   together, with what a seller sees: PostgreSQL chooses the index.
2. How many each has is counted, up to a bound, in one statement: `a b` needs the rarer of both, `a or b` both
   together, `not a` tells nothing.

What is made of it is in `directory.listing.walking`.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import and_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection
from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from crm.patience import MILLISECONDS, reading, was_cut
from crm.ui.ways import Way, compiled
from directory import filtering
from directory.filtering import All, Asked, Clause, Either, Field, Filter, Not
from directory.filtering import asked as by
from directory.filtering.tree import Node, clauses
from directory.listing.wanted import Wanted
from directory.models import Placement
from directory.models.placement import PlacementQuerySet
from directory.selection import EVERY
from directory.visibility import may_see, seen_by, sees_own_alone, ways_to_see
from workspaces.models import Membership

FEW = 5_000  # of whom whoever has an order of their own takes the ids
HASTE = 200  # ms
Ids = QuerySet[Any, Any]
Name = Clause | None  # of a set: the clause that it is of, None what is asked of placements together


@dataclass(frozen=True)
class Path:
    """At one moment."""

    membership: Membership
    wanted: Wanted
    now: dt.datetime

    @cached_property
    def condition(self) -> Q:
        """The filter's."""
        return filtering.condition(self.wanted.filter, self.membership, now=self.now)

    @cached_property
    def seen(self) -> Q:
        return seen_by(self.membership) & self.wanted.listed

    @property
    def rows(self) -> PlacementQuerySet:
        """All of it, in no order, among few where they are few."""
        found = Placement.objects.filter(may_see(self.membership), self.wanted.listed, self.condition)
        best = self.best(FEW)
        return found.filter(pk__in=self.among(best)) if best else found

    @property
    def looked_up(self) -> Q:
        """The same of placements whose index is walked, by their keys: nothing but what the index holds is read of
        those that are passed over."""
        return by.has(Placement.objects.filter(self.seen, self.condition, pk=OuterRef("pk")))

    def leads(self, *, held: Q | None = None, names: Sequence[Name] = ()) -> Q:
        """The same of leads, whose index is walked. It holds when they were created."""
        found = self.keyed(held=held, names=names)
        for part in self.wanted.filter.parts:
            if isinstance(part, Clause) and part.field == "created":
                found &= by.moment("created_at")(self.asked(part))
        return found

    def keyed(self, *, held: Q | None = None, names: Sequence[Name] = ()) -> Q:
        """The same of any rows that have the key of a lead: each one's placement is looked up by it, and PostgreSQL
        sees nothing in it that it could gather by. What can be told without it is asked first, unless `held` says it,
        which is the sets of these names."""
        found = (held or Q()) & self.looked_up
        for part in self.wanted.filter.parts:
            asked = list(clauses(part))
            if all(self._known(clause).is_keyed for clause in asked) and not set(asked) <= set(names):
                found &= filtering.condition(
                    replace(self.wanted.filter, tree=part), self.membership, now=self.now
                )
        return found

    @property
    def ways_to_see(self) -> list[Q]:
        """What exclude each other, each with an index in the order of time."""
        return [way & state for way in ways_to_see(self.membership) for state in self.states]

    @property
    def sees_own_alone(self) -> bool:
        return sees_own_alone(self.membership)

    @property
    def in_one(self) -> list[Q]:
        """The same by one index, or two: what the person does not see is passed over."""
        return [seen_by(self.membership) & state for state in self.states]

    @property
    def by_value(self) -> list[Way]:
        """Of the first field whose values an index holds in the order of time."""
        for part in self.wanted.filter.parts:
            if isinstance(part, Clause):
                field = self._known(part)
                ways = field.walked(self.asked(part)) if field.walked is not None else []
                if ways and not any(way.nulls for way in ways):  # those have the order behind what is null
                    return ways
        return []

    @cached_property
    def sets(self) -> dict[Name, Ids]:
        """Of leads, each by an index: all that is wanted is in each that a part of the filter names, and in one of
        those of a part that is either of several."""
        found: dict[Name, Ids] = {
            clause: rows
            for clause in _asked_for(self.wanted.filter.tree)
            if (rows := self._rows_of(clause)) is not None
        }
        together = [
            found[part]
            for part in self.wanted.filter.parts
            if isinstance(part, Clause) and part in found and found[part].model is Placement
        ]
        if self.membership.is_seller:
            together.append(Placement.objects.filter(self.seen).order_by().values_list("lead_id"))
        return {None: reduce(and_, together), **found} if together else found

    def amounts(self, most: int) -> dict[Name, int]:
        """How many each has, up to `most` and one more. Where that takes long, nothing is known of any. One query."""
        try:
            with reading(HASTE, then=str(MILLISECONDS)):
                return dict(zip(self.sets, _counted(list(self.sets.values()), most), strict=True))
        except OperationalError as error:
            if not was_cut(error):
                raise
            return {}

    def best(self, most: int) -> tuple[Name, ...]:
        """The sets among which all that is wanted is, where they have no more than that together; else none."""
        found = self.fewest(self.amounts(most)) if self.sets else None
        return found[1] if found and found[0] <= most else ()

    def fewest(self, amounts: dict[Name, int]) -> tuple[int, tuple[Name, ...]] | None:
        """How many, and in which sets."""
        found = _best(self.wanted.filter.tree, amounts)
        if None in amounts and (found is None or amounts[None] <= found[0]):
            return amounts[None], (None,)
        return found

    def among(self, names: Sequence[Name]) -> Ids:
        """Of all of them together."""
        found = [self.sets[name] for name in names]
        return found[0].union(*found[1:]) if found[1:] else found[0]

    @property
    def needed(self) -> list[Ids]:
        """Sets in each of which all that is wanted is."""
        parts = self.wanted.filter.parts
        return [rows for name, rows in self.sets.items() if name is None or name in parts]

    def asked(self, clause: Clause) -> Asked:
        return Asked(self.membership, clause.operator, clause.values, self.now, self.wanted.listed)

    @property
    def states(self) -> list[Q]:
        """No index has both in one order."""
        if self.wanted.state == EVERY:
            return [Q(is_archived=False), Q(is_archived=True)]
        return [self.wanted.listed]

    def _known(self, clause: Clause) -> Field:
        return self.wanted.filter.catalogue.known(clause.field)

    def _rows_of(self, clause: Clause) -> Ids | None:
        field = self._known(clause)
        found = None if field.few is None else field.few(self.asked(clause))
        return None if found is None else found.order_by()


def path(membership: Membership, wanted: Wanted, *, now: dt.datetime | None = None) -> Path:
    return Path(membership, wanted, now or timezone.now())


def named(wanted: Filter, membership: Membership, state: str) -> list[int] | None:
    """Ids of all that the person sees of what a filter means, where an index tells that they are few: for whoever has
    an order of their own. None where they may be many. Two queries at most."""
    found = path(membership, Wanted(filter=wanted, state=state))
    every = Placement.objects.filter(may_see(membership), found.wanted.listed, found.condition)
    try:
        compiled(every)
    except EmptyResultSet:
        return []
    best = found.best(FEW)
    return (
        list(every.filter(pk__in=found.among(best)).order_by().values_list("pk", flat=True)) if best else None
    )


def _asked_for(node: Node | None) -> Iterator[Clause]:
    """Clauses that what matches must meet, or one of which it must."""
    if isinstance(node, Clause):
        yield node
    elif isinstance(node, All | Either):
        for part in node.parts:
            yield from _asked_for(part)


def _counted(sets: list[Ids], most: int) -> list[int]:
    parts, params = [], []
    for rows in sets:
        try:
            sql, values = compiled(rows[: most + 1])
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


def _best(node: Node | None, amounts: dict[Name, int]) -> tuple[int, tuple[Name, ...]] | None:
    """The fewest among which all that matches is: how many, and of which clauses. None where that is not known."""
    if isinstance(node, Clause):
        return (amounts[node], (node,)) if node in amounts else None
    if node is None or isinstance(node, Not):
        return None
    parts = [_best(part, amounts) for part in node.parts]
    known = [one for one in parts if one is not None]
    if isinstance(node, All):
        return min(known, key=lambda one: one[0], default=None)
    if len(known) < len(parts):
        return None
    return sum(one[0] for one in known), tuple(clause for one in known for clause in one[1])
