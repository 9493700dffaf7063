"""One language for what leads are narrowed by: in the directory, on the board, in the inbox, for bulk acts, exports,
and whoever comes later. docs/filters.md says it all.

    wanted = filtering.parse("status:urgent not inbound:last-7d")
    Placement.objects.visible_to(membership).filter(filtering.condition(wanted, membership))
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from directory.filtering import grammar
from directory.filtering.errors import BadFilter
from directory.filtering.fields import Asked, Catalogue, Family, Field, register, register_family
from directory.filtering.tree import (
    All,
    Clause,
    Either,
    Keyword,
    Node,
    Not,
    Operator,
    all_of,
    clauses,
)
from workspaces.models import Membership

__all__ = [
    "NONE",
    "All",
    "Asked",
    "BadFilter",
    "Clause",
    "Either",
    "Family",
    "Field",
    "Filter",
    "Keyword",
    "Not",
    "Operator",
    "condition",
    "parse",
    "register",
    "register_family",
]


@dataclass(frozen=True)
class Filter:
    """`tree` None is all leads. `catalogue` has the fields it was read with."""

    tree: Node | None = None
    catalogue: Catalogue = field(default_factory=Catalogue, compare=False, repr=False)

    @cached_property
    def text(self) -> str:
        """Its form in an address and in saved segments; "" is all."""
        return grammar.written(self.tree)

    @property
    def is_set(self) -> bool:
        return self.tree is not None

    @property
    def parts(self) -> tuple[Node, ...]:
        """All of which must hold: what a screen shows as chips."""
        if self.tree is None:
            return ()
        return self.tree.parts if isinstance(self.tree, All) else (self.tree,)

    @property
    def clauses(self) -> list[Clause]:
        return list(clauses(self.tree))

    def with_part(self, part: Node) -> "Filter":
        return replace(self, tree=all_of([*self.parts, part]))

    def without(self, number: int) -> "Filter":
        """`number` counts the parts from 0."""
        return replace(self, tree=all_of([one for place, one in enumerate(self.parts) if place != number]))

    def with_instead(self, number: int, part: Node) -> "Filter":
        parts = [part if place == number else one for place, one in enumerate(self.parts)]
        return replace(self, tree=all_of(parts))


NONE = Filter()


def parse(text: str) -> Filter:
    """BadFilter, a ValueError with words, for what means nothing. Inside the scope: fields of the workspace's own
    making are read where the text names one."""
    catalogue = Catalogue()
    return Filter(grammar.read(text, catalogue.check), catalogue)


def condition(wanted: Filter, membership: Membership, *, now: dt.datetime | None = None) -> Q:
    """On directory.Placement, as this person may ask it; visibility is not in it."""
    if wanted.tree is None:
        return Q()
    moment = now or timezone.now()

    def of_clause(clause: Clause) -> Q:
        asked = Asked(membership, clause.operator, clause.values, moment)
        return wanted.catalogue.known(clause.field).condition(asked)

    return _condition(wanted.tree, of_clause)


def _condition(node: Node, of_clause: Callable[[Clause], Q]) -> Q:
    if isinstance(node, Clause):
        return of_clause(node)
    if isinstance(node, Not):
        return ~_condition(node.part, of_clause)
    parts = [_condition(part, of_clause) for part in node.parts]
    found = parts[0]
    for part in parts[1:]:
        found = found & part if isinstance(node, All) else found | part
    return found
