"""Which conversations are asked for: tab, order, filters, words. All of it is in the address."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from directory.filtering.narrowing import UNSET
from directory.listing.wanted import READABLE
from inbox.conversations.filters import NONE, Filters
from workspaces.models import Membership

LONGEST_WORDS = 100
PLACE = "inbox"  # among directory.listing.places


class Tab(StrEnum):
    MINE = "mine"
    UNREAD = "unread"
    UNASSIGNED = "unassigned"
    ALL = "all"
    STARRED = "starred"
    ARCHIVED = "archived"


class Order(StrEnum):
    RECENT = "recent"
    WAITING = "waiting"  # longest first
    WINDOW = "window"  # closing soonest first


@dataclass(frozen=True)
class Wanted:
    tab: Tab
    order: Order
    words: str
    home: Tab  # the tab that needs no mention in the address
    filters: Filters = NONE

    @classmethod
    def of(cls, query: QueryDict, membership: Membership) -> "Wanted":
        """From a query string; what makes no sense is taken as not said. A seller begins with their own."""
        home = Tab.MINE if membership.is_seller else Tab.ALL
        tab, order = query.get("tab", ""), query.get("order", "")
        return cls(
            tab=Tab(tab) if tab in set(Tab) else home,
            order=Order(order) if order in set(Order) else Order.RECENT,
            words=" ".join(query.get("q", "").split())[:LONGEST_WORDS],
            home=home,
            filters=Filters.of(query),
        )

    @cached_property
    def pairs(self) -> list[tuple[str, Any]]:
        """Names and values for an address, without what is so anyway."""
        said: list[tuple[str, Any]] = [] if self.tab == self.home else [("tab", self.tab)]
        said += [] if self.order == Order.RECENT else [("order", self.order)]
        said += self.filters.pairs
        return [*said, ("q", self.words)] if self.words else said

    @cached_property
    def query(self) -> str:
        """For addresses, with its question mark; empty where nothing differs from the beginning."""
        return f"?{urlencode(self.pairs, safe=READABLE)}" if self.pairs else ""

    def at(self, tab: Tab) -> str:
        return replace(self, tab=tab, words="").query

    def by(self, order: Order) -> str:
        return replace(self, order=order).query

    def toggled(self, field: str, value: Any) -> str:
        """With one value of a filter more, or less."""
        return replace(self, filters=self.filters.toggled(field, value)).query

    def without(self, field: str) -> str:
        return replace(self, filters=self.filters.without(field)).query

    def less(self, number: int) -> str:
        """Without one part of what the language of filters says."""
        more = self.filters.more.without(number)
        return replace(self, filters=replace(self.filters, more=more)).query

    @property
    def unfiltered(self) -> str:
        """Without anything that it says."""
        return replace(self, filters=replace(self.filters, more=UNSET)).query

    @property
    def carried(self) -> str:
        """The query of the dialog of a filter, which leads back to this list."""
        return self.filters.more.carried(PLACE, self.pairs)

    @property
    def replying(self) -> str:
        """Those alone that need a reply."""
        return replace(self, filters=replace(self.filters, needs_reply=True)).query

    @property
    def cleared(self) -> str:
        """Without any filter."""
        return replace(self, filters=NONE).query

    @property
    def kept(self) -> str:
        """What a saved view keeps: the tab is said, since not everybody begins with the same."""
        said = [("tab", self.tab), *(pair for pair in self.pairs if pair[0] != "tab")]
        return urlencode(said, safe=READABLE)
