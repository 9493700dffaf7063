"""The orders of the directory: those that an index holds for all there are, or for each run of them. A floor above may
register its own: `sorting.register(Sort("stage", …))`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.ui.runs import Run
from directory.naming import sees_phones
from workspaces.models import Membership

Runs = Callable[[bool], Sequence[Run]]  # whether the order rises


@dataclass(frozen=True)
class Sort:
    """`key` is a column of placements, or of their leads; `rises` how it begins. Of `is_of_lead` the index is the
    lead's: placements are looked up one by one as it is walked. `copied` is the same in a column of placements, which
    have an index of it for each assignee; `owned` in a column of OwnedName, which is in that order for each assignee.
    `runs` (crm.ui.runs) are those of an order that no column has, as the list begins when it rises, or not; it has no
    key."""

    name: str
    label: str | Promise
    key: str
    rises: bool = False
    copied: str = ""
    owned: str = ""
    runs: Runs | None = None

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

    def turned_to(self, name: str) -> "Order":
        """What a click on a column's head leads to."""
        sort = SORTS[name]
        return Order(sort, not self.ascending) if sort == self.sort else Order(sort, sort.rises)


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
        Sort("name", _("Name"), "lead__name_key", rises=True, owned="name_key"),
        Sort("value", _("Value"), "", runs=_by_value),
    )
}
USUAL = Order(SORTS["activity"], ascending=False)


def register(sort: Sort) -> None:
    SORTS[sort.name] = sort


def read(text: str, membership: Membership) -> Order:
    """What makes no sense is the usual one. Names may be telephone numbers: who may not see those would find them out
    by what stands before and after."""
    sort = SORTS.get(text.removeprefix("-"))
    if sort is None or not may_sort(sort.name, membership):
        return USUAL
    return Order(sort, ascending=not text.startswith("-"))


def may_sort(name: str | None, membership: Membership) -> bool:
    return name in SORTS and (name != "name" or sees_phones(membership))
