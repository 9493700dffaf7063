"""What an act or an export is on: leads that were chosen, or all that match."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from crm.cleanness import whole_number
from directory import filtering, search
from directory.models import Placement
from directory.models.placement import PlacementQuerySet
from workspaces.models import Membership

ACTIVE, ARCHIVED, EVERY = "active", "archived", "all"
STATES = (ACTIVE, ARCHIVED, EVERY)
MOST_CHOSEN = 5_000  # leads named one by one
LONGEST_WORDS = 100


@dataclass(frozen=True)
class Selection:
    """`leads`, or else what the rest describes: a filter's text, words that are searched for, a state."""

    leads: tuple[int, ...] = ()
    filter: str = ""
    words: str = ""
    state: str = ACTIVE

    @classmethod
    def of_request(cls, request: HttpRequest) -> "Selection":
        """Reads `lead=…&lead=…`, or `all=1` with `f`, `q` and `state`, from a form or an address. BadRequest where
        nothing is chosen or a name means nothing; filtering.BadFilter for a filter that means nothing."""
        given = request.POST if request.method == "POST" else request.GET
        return cls.of(given)

    @classmethod
    def of(cls, given: QueryDict) -> "Selection":
        if given.get("all") == "1":
            text = given.get("f", "").strip()
            filtering.parse(text)
            return cls(filter=text, words=_words(given), state=state_of(given))
        named = [whole_number(value) for value in given.getlist("lead")]
        if not named or None in named or len(named) > MOST_CHOSEN:
            raise BadRequest(_("No lead is chosen, or too many one by one."))
        return cls(leads=tuple(dict.fromkeys(one for one in named if one is not None)))

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> "Selection":
        return cls(
            leads=tuple(data.get("leads", ())),
            filter=data.get("filter", ""),
            words=data.get("words", ""),
            state=data.get("state", ACTIVE),
        )

    def to_json(self) -> dict[str, Any]:
        """For a job's parameters."""
        if self.leads:
            return {"leads": list(self.leads)}
        return {"filter": self.filter, "words": self.words, "state": self.state}

    @property
    def is_all(self) -> bool:
        """All that match, not those chosen."""
        return not self.leads

    def rows(self, membership: Membership) -> PlacementQuerySet:
        """Those of them that the person sees, in no order. Inside the scope; filtering.BadFilter where a field is gone
        since the selection was kept."""
        seen = Placement.objects.visible_to(membership)
        if self.leads:
            return seen.filter(pk__in=self.leads)
        return seen.filter(self.condition(membership))

    def condition(self, membership: Membership) -> Q:
        """Of all that match, beside what the person sees."""
        found = in_state(self.state) & filtering.condition(filtering.parse(self.filter), membership)
        return found & search.matching(self.words, membership) if self.words else found

    def count(self, membership: Membership, at_most: int | None = None) -> int:
        """No further than `at_most`."""
        rows = self.rows(membership)
        if at_most is None:
            return rows.count()
        return len(rows.order_by().values_list("pk")[:at_most])


def in_state(state: str) -> Q:
    return Q() if state == EVERY else Q(is_archived=state == ARCHIVED)


def state_of(given: Mapping[str, str]) -> str:
    state = given.get("state", ACTIVE)
    return state if state in STATES else ACTIVE


def _words(given: Mapping[str, str]) -> str:
    return " ".join(given.get("q", "").split())[:LONGEST_WORDS]
