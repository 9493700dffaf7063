"""A rule over the leads of last week: how many each would have had, beside how many they have.

As if everyone who takes part had been there all the time. What each held a week ago is what they hold now without those
leads; a lead that was closed since makes room when it was. The same choice as in earnest, among those who may write
from the lead's channel; nothing is written.
"""

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils import timezone

from directory.models import Lead, Placement, Source
from inbox.assignment import deciding, reading, turns
from inbox.assignment.places import Place
from inbox.assignment.reading import Person, Situation
from inbox.models import Policy, Skip
from workspaces.models import TeamMember

DAYS = 7
MOST = 5_000  # leads that are looked at, the newest


@dataclass(frozen=True)
class Arrived:
    """A lead of last week: when it came and by which channel (0 in a funnel, whose leads the same people may all take),
    when it was won or lost, whose it is now."""

    at: datetime
    channel: int
    closed_at: datetime | None
    assignee: int | None
    is_open: bool


@dataclass(frozen=True)
class Share:
    person: int
    would: int
    has: int


@dataclass(frozen=True)
class Simulation:
    """`waiting`: those that nobody could have taken until now. `is_cut`: there were more than MOST."""

    leads: int
    shares: Sequence[Share]
    waiting: int
    is_cut: bool


def simulate(
    place: Place,
    workspace: int,
    *,
    policy: Policy,
    capacity: int | None,
    team: int | None,
    seats: Mapping[int, tuple[bool, int, int | None]],
) -> Simulation:
    """With what stands in the form: `seats` is {membership: (takes part, weight, capacity)} of everyone there."""
    arrived = _arrived(place)
    had = Counter(one.assignee for one in arrived if one.assignee is not None)
    still = Counter(one.assignee for one in arrived if one.assignee is not None and one.is_open)
    people = _people(place, workspace, team, seats, still)
    most = {pk: capacity if seats[pk][2] is None else seats[pk][2] for pk in people}
    lines = {channel: _granted(place, workspace, channel) for channel in {one.channel for one in arrived}}
    week = _Week(people, lines, most, policy)
    week.run(arrived)
    shares = [Share(pk, week.would[pk], had[pk]) for pk in people]
    shares.sort(key=lambda share: (-share.would, share.person))
    return Simulation(len(arrived), shares, sum(map(len, week.waiting.values())), is_cut=len(arrived) >= MOST)


@dataclass
class _Week:
    """`lines`: whom the leads of each channel may go to. `most`: how many each person may hold."""

    people: dict[int, Person]
    lines: Mapping[int, Collection[int]]
    most: Mapping[int, int | None]
    policy: Policy
    would: Counter[int] = field(default_factory=Counter)
    waiting: dict[int, deque[Arrived]] = field(default_factory=lambda: defaultdict(deque))
    _places: turns.Places = field(default_factory=dict)
    _closings: list[tuple[datetime, int]] = field(default_factory=list)

    def run(self, arrived: Iterable[Arrived]) -> None:
        """1. Before each lead, those that were closed make room, and who waits longest takes it: of each channel,
        since others may take those of another. 2. Whoever may have one more is considered, as in earnest. 3. Else it
        waits."""
        for lead in arrived:
            self._make_room(lead.at)
            line = self.waiting[lead.channel]
            if line or not self._give(lead, lead.at):
                line.append(lead)
        self._make_room(timezone.now())

    def _make_room(self, now: datetime) -> None:
        while self._closings and self._closings[0][0] <= now:
            at, person = heapq.heappop(self._closings)
            self._hold(person, -1)
            # Room for one: of those whom that person may have, it is who waits longest.
            for line in sorted(filter(None, self.waiting.values()), key=lambda line: line[0].at):
                if self._give(line[0], at):
                    line.popleft()
                    break

    def _give(self, lead: Arrived, now: datetime) -> bool:
        granted = [person for pk, person in self.people.items() if pk in self.lines[lead.channel]]
        considered = [replace(person, skip=_full(person, self.most[person.pk])) for person in granted]
        ordered, _reason, self._places = deciding.choose(
            Situation(0, self.policy, self._places, None, None, False, False, considered)
        )
        if not ordered:
            return False
        chosen = ordered[0].pk
        self.would[chosen] += 1
        if lead.closed_at is None or lead.closed_at > now:
            self._hold(chosen, 1)
            if lead.closed_at is not None:
                heapq.heappush(self._closings, (lead.closed_at, chosen))
        return True

    def _hold(self, pk: int, more: int) -> None:
        self.people[pk] = replace(self.people[pk], held=self.people[pk].held + more)


def _full(person: Person, most: int | None) -> Skip | None:
    return Skip.FULL if most is not None and person.held >= most else None


def _people(
    place: Place,
    workspace: int,
    team: int | None,
    seats: Mapping[int, tuple[bool, int, int | None]],
    still: Mapping[int, int],
) -> dict[int, Person]:
    """Who takes part by the form, with what they held a week ago."""
    found = reading.people_of(
        workspace,
        place.rule.pk if place.rule else None,
        channels=place.channels(),
        funnel=place.funnel.pk if place.funnel else None,
        team=None,
        capacity=None,
        everyone=True,
    )
    members = None
    if team is not None:
        members = set(TeamMember.objects.filter(team_id=team).values_list("membership_id", flat=True))
    return {
        one.pk: Person(one.pk, seats[one.pk][1], max(0, one.held - still.get(one.pk, 0)), None)
        for one in found
        if one.skip != Skip.GRANT
        and one.pk in seats
        and seats[one.pk][0]
        and (members is None or one.pk in members)
    }


def _granted(place: Place, workspace: int, channel: int) -> set[int]:
    """Whom leads of the channel, or of the funnel, may go to."""
    found = reading.people_of(
        workspace,
        place.rule.pk if place.rule else None,
        channels=[channel] if place.funnel is None else [],
        funnel=place.funnel.pk if place.funnel else None,
        team=None,
        capacity=None,
        everyone=True,
    )
    return {one.pk for one in found if one.skip != Skip.GRANT}


def _arrived(place: Place) -> list[Arrived]:
    """Oldest first. By their ids, which rise with time and are an index of every size of workspace; what channels did
    not bring is looked through, too, so there is an end to it."""
    since = timezone.now() - timedelta(days=DAYS)
    newest = Lead.objects.order_by("-pk").values("pk")[: 4 * MOST]
    placements = Placement.objects.filter(
        pk__in=list(newest.values_list("pk", flat=True)), created_at__gte=since
    )
    if place.funnel is not None:
        placements = placements.filter(stage__funnel=place.funnel)
    else:
        placements = placements.filter(lead__source=Source.CHANNEL, channel_id__in=place.channels())
    rows = placements.order_by("-created_at", "-pk").values_list(
        "created_at", "channel_id", "closed_at", "assignee_id", "is_archived"
    )[:MOST]
    is_of_funnel = place.funnel is not None
    return [
        Arrived(
            at,
            0 if is_of_funnel else channel or 0,
            closed_at,
            assignee,
            is_open=closed_at is None and not is_archived,
        )
        for at, channel, closed_at, assignee, is_archived in reversed(list(rows))
    ]
