"""A rule over the leads of last week: how many each would have had, beside how many they have.

As if everyone who takes part had been there all the time. What each held a week ago is what they hold now without those
leads; a lead that was closed since makes room when it was. The same choice as in earnest; nothing is written.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
    """A lead of last week: when it came, when it was won or lost, whose it is now."""

    at: datetime
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
    would, waiting = _run(arrived, people, most, policy)
    shares = [Share(pk, would[pk], had[pk]) for pk in people]
    shares.sort(key=lambda share: (-share.would, share.person))
    return Simulation(len(arrived), shares, waiting, is_cut=len(arrived) >= MOST)


def _run(
    arrived: Iterable[Arrived], people: dict[int, Person], most: Mapping[int, int | None], policy: Policy
) -> tuple[Counter[int], int]:
    """1. Before each lead, those that were closed make room, and who waits longest takes it. 2. Whoever may have one
    more is considered, as in earnest. 3. Else the lead waits."""
    places: turns.Places = {}
    closings: list[tuple[datetime, int]] = []
    queue: list[Arrived] = []
    would: Counter[int] = Counter()

    def give(lead: Arrived, now: datetime) -> bool:
        nonlocal places
        considered = [replace(person, skip=_full(person, most[person.pk])) for person in people.values()]
        ordered, _reason, places = deciding.choose(
            Situation(0, policy, places, None, None, False, False, considered)
        )
        if not ordered:
            return False
        chosen = ordered[0].pk
        would[chosen] += 1
        if lead.closed_at is None or lead.closed_at > now:
            people[chosen] = replace(people[chosen], held=people[chosen].held + 1)
            if lead.closed_at is not None:
                heapq.heappush(closings, (lead.closed_at, chosen))
        return True

    def make_room(now: datetime) -> None:
        while closings and closings[0][0] <= now:
            at, person = heapq.heappop(closings)
            people[person] = replace(people[person], held=people[person].held - 1)
            while queue and give(queue[0], at):
                queue.pop(0)

    for lead in arrived:
        make_room(lead.at)
        if queue or not give(lead, lead.at):
            queue.append(lead)
    make_room(timezone.now())
    return would, len(queue)


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
        "created_at", "closed_at", "assignee_id", "is_archived"
    )[:MOST]
    return [
        Arrived(at, closed_at, assignee, is_open=closed_at is None and not is_archived)
        for at, closed_at, assignee, is_archived in reversed(list(rows))
    ]
