"""What a list of conversations is narrowed by: several values each, all fields at once. All of it is in the address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.http import QueryDict

from crm.cleanness import whole_number
from directory.choices import NOBODY
from directory.filtering.narrowing import UNSET, Narrowing
from directory.models import LeadTag, Status

INBOX = 0  # among stages
MOST_VALUES = 50  # of one field
FIELDS = {
    "owners": "owner",
    "teams": "team",
    "channels": "channel",
    "tags": "tag",
    "statuses": "status",
    "stages": "stage",
}  # by their names in the address


@dataclass(frozen=True)
class Filters:
    """Ids of this workspace, or of nothing: then nothing matches. `channels` are of the last message. `more` is what
    the language of filters says."""

    owners: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    stages: tuple[int, ...] = ()
    needs_reply: bool = False
    more: Narrowing = UNSET

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        """What the address says; what means nothing is left out."""
        said = query.getlist("status")
        return cls(
            owners=_ids(query.getlist("owner")),
            teams=_ids(query.getlist("team")),
            channels=_ids(query.getlist("channel")),
            tags=_ids(query.getlist("tag")),
            statuses=tuple(dict.fromkeys(one for one in said if one in Status.values)),
            stages=_ids(query.getlist("stage")),
            needs_reply=query.get("reply") == "1",
            more=Narrowing.of(query),
        )

    @property
    def pairs(self) -> list[tuple[str, Any]]:
        """Names and values for an address."""
        pairs: list[tuple[str, Any]] = [
            (name, value) for field, name in FIELDS.items() for value in getattr(self, field)
        ]
        pairs += [("reply", 1)] if self.needs_reply else []
        return [*pairs, *self.more.pairs]

    @property
    def is_set(self) -> bool:
        return self != NONE

    def toggled(self, field: str, value: Any) -> "Filters":
        """With one value more, or less, in a field of several."""
        values: tuple[Any, ...] = getattr(self, field)
        turned = tuple(one for one in values if one != value) if value in values else (*values, value)
        changed: dict[str, Any] = {field: turned}
        return replace(self, **changed)

    def without(self, field: str) -> "Filters":
        emptied: dict[str, Any] = {field: False if field == "needs_reply" else ()}
        return replace(self, **emptied)

    def people(self, of_teams: Iterable[int]) -> tuple[int, ...] | None:
        """Who may have it, NOBODY among them; None where that is not asked."""
        if not self.teams:
            return self.owners or None
        teams = frozenset(of_teams)
        return tuple(one for one in self.owners if one in teams) if self.owners else tuple(sorted(teams))

    def condition(self, people: tuple[int, ...] | None) -> Q:
        """On placements, beside what `more` says. `people` as above."""
        found = self.places(people) & self.state()
        return found & self.tagged() if self.tags else found

    def places(self, people: tuple[int, ...] | None) -> Q:
        """Of that condition: whose, at which stage, by which channel."""
        found = Q()
        if people is not None:
            named = Q(assignee_id__in=[one for one in people if one != NOBODY])
            found &= named | Q(assignee_id=None) if NOBODY in people else named
        if self.channels:
            found &= Q(channel_id__in=self.channels)
        if self.stages:
            named = Q(stage_id__in=[one for one in self.stages if one != INBOX])
            found &= named | Q(stage_id=None) if INBOX in self.stages else named
        return found

    def state(self) -> Q:
        """Of that condition: how it stands, and whether it waits."""
        found = Q(status__in=self.statuses) if self.statuses else Q()
        return found & Q(waiting_since__isnull=False) if self.needs_reply else found

    def tagged(self) -> Q:
        """Of that condition: its tags, asked lead by lead, as it is passed in an order. As `Exists` PostgreSQL may read
        all that have the tag first, and as an equation it believes that one lead alone fits."""
        rows = LeadTag.objects.filter(lead_id=OuterRef("pk"), tag_id__in=self.tags).values("lead_id")
        return Q(pk__lte=Subquery(rows[:1]))


NONE = Filters()


def _ids(values: Iterable[str]) -> tuple[int, ...]:
    found = dict.fromkeys(pk for value in values if (pk := whole_number(value)) is not None)
    return tuple(found)[:MOST_VALUES]
