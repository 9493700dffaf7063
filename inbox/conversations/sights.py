"""What a person sees, as parts that exclude each other and are told by whose, at which stage, by which channel.

`directory.visibility.may_see` is the same as one condition. In parts it can be cut with what a filter asks for before
PostgreSQL is asked, which would look for a contradiction row by row, and counts what is said twice as rarer than it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from directory.choices import NOBODY
from directory.visibility import SEE_ALL, WORK_FUNNEL, WRITE_CHANNEL, stages_granted
from inbox.conversations.filters import INBOX, Filters
from inbox.conversations.wanted import Tab
from workspaces.models import Membership

Values = tuple[int, ...] | None  # None: any


@dataclass(frozen=True)
class Seen:
    """Leads of these people (NOBODY among them), at these stages (INBOX among them), that came by these channels;
    `not_of` are somebody's, whom another part is of."""

    people: Values = None
    stages: Values = None
    channels: Values = None
    not_of: int | None = None

    def cut(self, people: Values = None, stages: Values = None, channels: Values = None) -> "Seen":
        """What is in both; `is_nothing` where nothing is."""
        whose, not_of = _both(self.people, people), self.not_of
        if whose is not None and not_of is not None:
            whose, not_of = tuple(one for one in whose if one != not_of), None
        return Seen(whose, _both(self.stages, stages), _both(self.channels, channels), not_of)

    @property
    def is_nothing(self) -> bool:
        return () in (self.people, self.stages, self.channels)

    @property
    def named(self) -> tuple[int, ...]:
        """People that are somebody."""
        return tuple(one for one in self.people or () if one != NOBODY)

    @property
    def is_somebodys(self) -> bool:
        """All of it is theirs."""
        return bool(self.people) and NOBODY not in (self.people or ())

    @property
    def where(self) -> Q:
        """The condition on placements, but for whose they are."""
        found = among("stage_id", self.stages, INBOX)
        return found & among("channel_id", self.channels)

    @property
    def condition(self) -> Q:
        others = Q() if self.not_of is None else Q(assignee_id=None) | ~Q(assignee_id=self.not_of)
        return among("assignee_id", self.people, NOBODY) & others & self.where


def parts(membership: Membership) -> list[Seen]:
    """One query, for a seller's stages."""
    if not membership.is_seller:
        return [Seen()]
    found = [Seen(people=(membership.pk,))]
    whole = membership.grants.ids(SEE_ALL)
    worked = membership.grants.ids(WORK_FUNNEL) - whole if membership.sees_unassigned else frozenset()
    for stage, funnel in stages_granted(membership):
        if funnel in whole:
            found.append(Seen(stages=(stage,), not_of=membership.pk))
        elif funnel in worked:
            found.append(Seen(people=(NOBODY,), stages=(stage,)))
    if membership.sees_unassigned:
        channels = sorted(membership.grants.ids(WRITE_CHANNEL))
        found += [Seen(people=(NOBODY,), stages=(INBOX,), channels=(channel,)) for channel in channels]
    return found


def wanted(membership: Membership, tab: Tab, filters: Filters, people: Values) -> list[Seen]:
    """Of what the person sees, what the tab and the filters of whose, stage and channel leave."""
    whose: Values = {Tab.MINE: (membership.pk,), Tab.UNASSIGNED: (NOBODY,)}.get(tab)
    base = [Seen()] if tab == Tab.MINE else parts(membership)  # one's own one always sees
    asked = (filters.stages or None, filters.channels or None)
    found = [part.cut(_both(people, whose), *asked) for part in base]
    found = [one for one in found if not one.is_nothing]
    return [*together(one for one in found if one.named), *(one for one in found if not one.named)]


def together(seen: Iterable[Seen]) -> list[Seen]:
    """Parts that differ in nothing but their stages as one, for an order that holds all stages."""
    joined: dict[Seen, list[int]] = {}
    for one in seen:
        joined.setdefault(Seen(one.people, None, one.channels, one.not_of), []).extend(one.stages or ())
    return [
        Seen(one.people, tuple(stages) or None, one.channels, one.not_of) for one, stages in joined.items()
    ]


def among(column: str, values: Values, nothing: int | None = None) -> Q:
    """One of these; `nothing` among them stands for none at all."""
    if values is None:
        return Q()
    some = [one for one in values if one != nothing]
    found = Q(**{column: some[0]}) if len(some) == 1 else Q(**{f"{column}__in": some})
    if nothing is None or nothing not in values:
        return found
    return found | Q(**{column: None}) if some else Q(**{column: None})


def _both(one: Values, other: Sequence[int] | None) -> Values:
    if one is None or other is None:
        return one if other is None else tuple(other)
    return tuple(value for value in one if value in other)
