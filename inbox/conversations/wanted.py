"""Which conversations are asked for: tab, order, words. All of it is in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from workspaces.models import Membership

LONGEST_WORDS = 100


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

    @classmethod
    def of(cls, parameters: Mapping[str, str], membership: Membership) -> "Wanted":
        """From a query string; what makes no sense is taken as not said. A seller begins with their own."""
        home = Tab.MINE if membership.is_seller else Tab.ALL
        tab, order = parameters.get("tab", ""), parameters.get("order", "")
        return cls(
            tab=Tab(tab) if tab in set(Tab) else home,
            order=Order(order) if order in set(Order) else Order.RECENT,
            words=" ".join(parameters.get("q", "").split())[:LONGEST_WORDS],
            home=home,
        )

    @property
    def query(self) -> str:
        """For addresses, with its question mark; empty where nothing differs from the beginning."""
        return self._address(self.tab, self.order, self.words)

    def at(self, tab: Tab) -> str:
        return self._address(tab, self.order, "")

    def by(self, order: Order) -> str:
        return self._address(self.tab, order, self.words)

    def _address(self, tab: Tab, order: Order, words: str) -> str:
        said = {
            "tab": "" if tab == self.home else str(tab),
            "order": "" if order == Order.RECENT else str(order),
            "q": words,
        }
        said = {name: value for name, value in said.items() if value}
        return f"?{urlencode(said)}" if said else ""
