"""What the pages of assignment show: people as a rule has them, whose turn is next, decisions in words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from directory import cards
from directory.models import Placement
from inbox.assignment import deciding
from inbox.assignment.places import Place
from inbox.assignment.reading import Person, Situation
from inbox.models import AssignmentDecision, Policy, Reason, Skip, Trigger
from workspaces.models import Membership


@dataclass(frozen=True)
class Row:
    """A person of a rule. `turn`: 1 is who gets the next one; None: who may not have it, and `skip` says why."""

    person: Membership
    held: int
    turn: int | None
    skip: str


@dataclass(frozen=True)
class Considered:
    """Somebody in a decision, as they were then."""

    name: str
    held: int
    why: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class Told:
    """A decision in words."""

    pk: int
    at: datetime
    lead: str
    lead_id: int
    where: str
    chosen: str
    trigger: str
    reason: str
    is_nobody: bool
    eligible: Sequence[Considered] = field(default_factory=list)
    skipped: Sequence[Considered] = field(default_factory=list)


def rows(place: Place, people: Mapping[int, Membership]) -> list[Row]:
    """Everyone of the workspace whom the rule may be about: first whose turn it is, then who can't have it."""
    found = place.people(next(iter(people.values())).workspace_id, everyone=True) if people else []
    turns = {person.pk: number for number, person in enumerate(_next(place, found), start=1)}
    shown = [
        Row(people[one.pk], one.held, turns.get(one.pk), str(Skip(one.skip).label) if one.skip else "")
        for one in found
        if one.pk in people
    ]
    return sorted(shown, key=lambda row: (row.turn is None, row.turn or 0, row.person.user.name))


def _next(place: Place, people: Sequence[Person]) -> Sequence[Person]:
    """In whose order the next ones would go, if nobody had them before."""
    rule = place.rule
    policy = Policy(rule.policy) if rule is not None and rule.is_on else Policy.ROUND_ROBIN
    places = {int(pk): ahead for pk, ahead in rule.turns.items()} if rule is not None else {}
    situation = Situation(0, policy, places, None, None, False, False, people)
    return deciding.choose(situation)[0]


def told(decisions: Iterable[AssignmentDecision], reader: Membership, *, whole: bool = False) -> list[Told]:
    """In words, for who sees their leads; three queries. `whole`: with everyone who was considered."""
    decisions = list(decisions)
    people = _people(decisions, reader.workspace_id)
    leads = Placement.objects.select_related("lead").filter(pk__in={one.lead_id for one in decisions})
    names = cards.load_all(list(leads), reader, [cards.NAME])[cards.NAME]
    return [_told(one, people, names, whole) for one in decisions]


def _told(one: AssignmentDecision, people: Mapping[int, str], names: Mapping[int, str], whole: bool) -> Told:
    return Told(
        pk=one.pk,
        at=one.created_at,
        lead=names.get(one.lead_id, "—"),
        lead_id=one.lead_id,
        where=_where(one),
        chosen=people.get(one.chosen_id or 0, "—") if one.chosen_id else "",
        trigger=str(Trigger(one.trigger).label),
        reason=str(Reason(one.reason).label),
        is_nobody=one.reason == Reason.NOBODY,
        eligible=_eligible(one, people) if whole else [],
        skipped=_skipped(one, people) if whole else [],
    )


def _where(one: AssignmentDecision) -> str:
    """Which rule it was, as it is called now; empty where it is gone."""
    return Place(one.rule, one.rule.channel, one.rule.funnel).name if one.rule is not None else ""


def _eligible(one: AssignmentDecision, people: Mapping[int, str]) -> list[Considered]:
    return [
        Considered(people.get(pk, "—"), held, is_chosen=pk == one.chosen_id)
        for pk, held, _ahead in one.eligible
    ]


def _skipped(one: AssignmentDecision, people: Mapping[int, str]) -> list[Considered]:
    return [Considered(people.get(pk, "—"), held, str(Skip(why).label)) for pk, why, held in one.skipped]


def _people(decisions: Collection[AssignmentDecision], workspace_id: int) -> dict[int, str]:
    ids = {one.chosen_id for one in decisions if one.chosen_id is not None}
    ids |= {row[0] for one in decisions for row in [*one.eligible, *one.skipped]}
    rows = Membership.objects.filter(workspace_id=workspace_id, pk__in=ids)
    return dict(rows.values_list("pk", "user__name"))
