"""A filter as an address says it, `f=…`, on pages with filters of their own: the board, the list of conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from directory import filtering
from directory.filtering import BadFilter, Filter
from directory.filtering.asked import NOTHING
from workspaces.models import Membership


@dataclass(frozen=True)
class Narrowing:
    """`text` as it was typed; "" is all. It is read once something asks what it means, so that what only leads there, a
    saved view, costs nothing. What means nothing finds nothing, and `refused` says why."""

    text: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Narrowing":
        typed = query.get("f", "").strip()
        return cls(typed) if typed else UNSET

    @cached_property
    def _read(self) -> tuple[Filter, BadFilter | None]:
        try:
            return filtering.parse(self.text), None
        except BadFilter as refused:
            return filtering.NONE, refused

    @property
    def is_set(self) -> bool:
        return bool(self.text)

    @property
    def filter(self) -> Filter:
        """Inside the scope."""
        return self._read[0]

    @property
    def refused(self) -> BadFilter | None:
        return self._read[1]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """For an address."""
        return [("f", self.text)] if self.text else []

    def without(self, number: int) -> "Narrowing":
        """Without one part of the filter."""
        return Narrowing(self.filter.without(number).text)

    def carried(self, place: str, rest: Sequence[tuple[str, Any]], of: int | None = None) -> str:
        """The query of the filter's dialog on such a page, whose address says the `rest`, too: see
        `directory.listing.places`."""
        pairs: list[tuple[str, Any]] = [*self.pairs, ("in", place)]
        pairs += [("of", of)] if of is not None else []
        said = [pair for pair in rest if pair[0] != "f"]
        pairs += [("rest", urlencode(said))] if said else []
        return urlencode(pairs)

    def condition(self, membership: Membership) -> Q:
        """On placements, beside what the person sees."""
        if not self.text:
            return Q()
        return NOTHING if self.refused else filtering.condition(self.filter, membership)


UNSET = Narrowing()
