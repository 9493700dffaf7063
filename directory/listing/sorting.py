"""The orders of the directory: those that an index holds for all there are, or for each run of them. A floor above may
register its own: `sorting.register(Sort("stage", …))`; those by a workspace's own fields are in `own_orders`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.ui.registry import Registry
from crm.ui.runs import Run
from directory.naming import sees_phones
from workspaces.models import Membership

if TYPE_CHECKING:
    from directory.columns import Column

Runs = Callable[[bool], Sequence[Run]]  # whether the order rises


@dataclass(frozen=True)
class Sort:
    """`key` is a column of placements, or of their leads; `rises` how it begins. Of `is_of_lead` the index is the
    lead's: placements are looked up one by one as it is walked. `copied` is the same in a column of placements, which
    have an index of it for each assignee; `owned` in a column of OwnedName, which is in that order for each assignee.
    `runs` (crm.ui.runs) are those of an order that no column has, as the list begins when it rises, or not; it has no
    key. `ends_without`: the last of them is of those that hold nothing to sort by. What stands in order may be
    telephone numbers: who may not see those would find out one that `tells_phones` by what stands before and after."""

    name: str
    label: str | Promise = field(compare=False)
    key: str
    rises: bool = False
    copied: str = ""
    owned: str = ""
    runs: Runs | None = field(default=None, compare=False)
    ends_without: bool = False
    tells_phones: bool = False

    @property
    def of_placement(self) -> str:
        """The column's name there; "" where they have none."""
        return self.copied if self.is_of_lead else self.key

    @property
    def is_of_lead(self) -> bool:
        return self.key.startswith("lead__")

    @property
    def of_lead(self) -> str:
        """The column's name on leads."""
        return self.key.removeprefix("lead__")


@dataclass(frozen=True)
class Order:
    sort: Sort
    ascending: bool

    @property
    def text(self) -> str:
        """As an address has it: "name", "-created"."""
        return self.sort.name if self.ascending else f"-{self.sort.name}"

    def turned_to(self, sort: Sort) -> "Order":
        """What a click on a column's head leads to."""
        return Order(sort, not self.ascending) if sort.name == self.sort.name else Order(sort, sort.rises)


def _by_value(rises: bool) -> list[Run]:
    """Who holds none comes last, either way."""
    return [
        Run(Q(value__isnull=False), "value", ascending=rises),
        Run(Q(value=None), "last_activity_at"),
    ]


SORTS = {
    sort.name: sort
    for sort in (
        Sort("activity", _("Last activity"), "last_activity_at"),
        Sort("created", _("Created"), "lead__created_at", copied="created_at"),
        Sort("name", _("Name"), "lead__name_key", rises=True, owned="name_key", tells_phones=True),
        Sort("value", _("Value"), "", runs=_by_value, ends_without=True),
    )
}
USUAL = Order(SORTS["activity"], ascending=False)


@dataclass(frozen=True)
class Family:
    """Orders that a workspace makes for itself, by a prefix of their names ("custom.")."""

    key: str
    named: Callable[[str, Membership], Sort | None]
    order: int = 500


_families: Registry[Family] = Registry("Family of orders")


def register(sort: Sort) -> None:
    SORTS[sort.name] = sort


def register_family(family: Family) -> Family:
    return _families.register(family)


def read(text: str, membership: Membership) -> Order:
    """What makes no sense is the usual one. A query where it is by a field of the workspace's own, once a request."""
    name = text.removeprefix("-")
    sort = SORTS.get(name) or _of_a_family(name, membership)
    if sort is None or not may_sort(sort, membership):
        return USUAL
    return Order(sort, ascending=not text.startswith("-"))


def of_columns(columns: "Sequence[Column]", membership: Membership) -> dict[str, Sort]:
    """{key: order} of those whose heads sort."""
    found = {one.key: SORTS.get(one.sort) if isinstance(one.sort, str) else one.sort for one in columns}
    return {key: sort for key, sort in found.items() if sort is not None and may_sort(sort, membership)}


def _of_a_family(name: str, membership: Membership) -> Sort | None:
    found = (one.named(name, membership) for one in _families if name.startswith(one.key))
    return next(found, None)


def may_sort(sort: Sort, membership: Membership) -> bool:
    return not sort.tells_phones or sees_phones(membership)
