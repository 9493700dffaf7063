"""Which leads are asked for: filter, words, state, order. All of it is in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Q

from directory import filtering
from directory.filtering import BadFilter, Filter
from directory.listing import sorting
from directory.listing.sorting import USUAL, Order, Sort
from directory.selection import ACTIVE, LONGEST_WORDS, Selection, in_state, state_of
from workspaces.models import Membership

READABLE = ':,~^()."-_'  # stays as it is in an address


@dataclass(frozen=True)
class Wanted:
    """`refused` is what the filter's text gets wrong: the text stays as it was typed, and nothing is listed."""

    filter: Filter = filtering.NONE
    words: str = ""
    state: str = ACTIVE
    order: Order = USUAL
    typed: str = ""
    refused: BadFilter | None = None

    @classmethod
    def of(cls, query: Mapping[str, str], membership: Membership) -> "Wanted":
        """From a query string. Inside the scope."""
        typed = query.get("f", "").strip()
        wanted = cls(
            words=" ".join(query.get("q", "").split())[:LONGEST_WORDS],
            state=state_of(query),
            order=sorting.read(query.get("sort", ""), membership),
            typed=typed,
        )
        try:
            return replace(wanted, filter=filtering.parse(typed), typed="")
        except BadFilter as refused:
            return replace(wanted, refused=refused)

    @staticmethod
    def at(text: str, state: str, sort: str, membership: Membership) -> str:
        """The query of what was kept, its text not read."""
        return Wanted(typed=text, state=state, order=sorting.read(sort, membership)).query

    @property
    def text(self) -> str:
        return self.typed or self.filter.text

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and values for an address, without what is so anyway."""
        said = (
            ("f", self.text, ""),
            ("q", self.words, ""),
            ("state", self.state, ACTIVE),
            ("sort", self.order.text, USUAL.text),
        )
        return [(name, value) for name, value, usual in said if value != usual]

    @cached_property
    def query(self) -> str:
        """For addresses, with its question mark; empty where nothing differs from the beginning."""
        return f"?{urlencode(self.pairs, safe=READABLE)}" if self.pairs else ""

    @property
    def joined(self) -> str:
        """The same, ready for one parameter more."""
        return f"{self.query}&" if self.query else "?"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.words)

    def by(self, sort: Sort) -> str:
        return replace(self, order=self.order.turned_to(sort)).query

    def within(self, state: str) -> str:
        return replace(self, state=state).query

    def without(self, number: int) -> str:
        """Without one part of the filter."""
        return replace(self, filter=self.filter.without(number)).query

    @property
    def cleared(self) -> str:
        """All leads, in the same state and order."""
        return replace(self, filter=filtering.NONE, typed="", words="").query

    @property
    def unsaid(self) -> "Wanted":
        """Without the words."""
        return replace(self, words="")

    def filtered(self, wanted: Filter) -> "Wanted":
        return replace(self, filter=wanted, typed="", refused=None)

    @property
    def selection(self) -> Selection:
        """All that match."""
        return Selection(filter=self.filter.text, words=self.words, state=self.state)

    @property
    def listed(self) -> Q:
        return in_state(self.state)
