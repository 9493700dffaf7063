"""The decision: who gets the lead, why, and all that it writes, in the caller's transaction.

1. The lead's placement is locked by the caller, then the workspace's assignment: one decides at a time, for the few
   milliseconds until the commit. So turns are exact, and nobody gets more than they may hold by two rules at once.
2. Whoever had the lead until lately gets it back, if they may have it. It costs them no turn: it is their customer.
3. Else whoever's turn it is; or whoever holds the fewest for their weight, and of those whoever's turn it is.
4. The ledger's row, the assignment with its event, and the turns; or, where nobody may have it, a row in the queue.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.db import connection

from directory.actions import events, placements
from directory.actors import SYSTEM
from directory.models import Placement
from directory.verbs import Verb as LeadVerb
from inbox.assignment import reading, turns
from inbox.assignment.reading import Person, Situation
from inbox.assignment.turns import Places
from inbox.intake import locks
from inbox.models import AssignmentDecision, AssignmentRule, Policy, Reason, Trigger, WaitingLead
from inbox.verbs import Verb

MOST_SKIPPED = 100  # named in the ledger; a workspace has people by the dozen


def lock(workspace_id: int) -> None:
    """The last lock of its transaction: whoever waits for it waits for no one who waits for them."""
    locks.take([f"assignment:{workspace_id}"])


def settle(
    placement: Placement, found: Situation, *, trigger: Trigger, waiting: WaitingLead | None = None
) -> bool:
    """Whether it is somebody's now. Under both locks; `found` was read under them. `waiting`: its row in the queue.

    That nobody could take it is told once; of a lead that has an assignee who is away, not at all.
    """
    ordered, reason, places = choose(found)
    while ordered and not _stays(ordered[0]):
        found = replace(found, people=[one for one in found.people if one.pk != ordered[0].pk])
        ordered, reason, places = choose(found)
    if not ordered and (placement.assignee_id is not None or (waiting is not None and waiting.is_told)):
        return False
    decision = _write(placement, found, ordered, reason, trigger)
    facts = {"decision": decision.pk, "why": str(reason)}
    if not ordered:
        _wait(placement, found, trigger, waiting)
        events.record(placement, by=SYSTEM, verb=Verb.NOBODY_FREE, facts=facts)
        return False
    if reason != Reason.STICKY:
        AssignmentRule.objects.filter(pk=found.rule).update(turns=places)
    placements.change(placement, by=SYSTEM, verb=LeadVerb.ASSIGNED, facts=facts, assignee_id=ordered[0].pk)
    if waiting is not None:
        waiting.delete()
    return True


def choose(found: Situation) -> tuple[Sequence[Person], Reason, Places]:
    """Who may have it, whoever gets it first; why; and where everyone stands afterwards."""
    eligible = found.eligible
    if not eligible:
        return [], Reason.NOBODY, found.places
    weights = {person.pk: person.weight for person in eligible.values()}
    by_turn = [eligible[pk] for pk in turns.order(found.places, weights)]
    if found.previous in eligible:
        first = eligible[found.previous]
        return [first, *(one for one in by_turn if one is not first)], Reason.STICKY, found.places
    if found.policy == Policy.LEAST_LOADED:
        by_load = sorted(by_turn, key=_load)  # stable: of equals, whoever's turn it is
        equals = {one.pk: one.weight for one in by_load if _load(one) == _load(by_load[0])}
        return by_load, Reason.LEAST, turns.after(found.places, equals, by_load[0].pk)
    return by_turn, Reason.TURN, turns.after(found.places, weights, by_turn[0].pk)


def _stays(person: Person) -> bool:
    """Whether they are still of the workspace, and will be until we commit: who leaves hands over what they have, and
    would not see this lead. Whoever is being changed at this moment is passed over, not waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM workspaces_membership WHERE id = %s AND deactivated_at IS NULL FOR SHARE SKIP LOCKED",
            [person.pk],
        )
        return cursor.fetchone() is not None


def _load(person: Person) -> float:
    return person.held / person.weight


def _write(
    placement: Placement,
    found: Situation,
    ordered: Sequence[Person],
    reason: Reason,
    trigger: Trigger,
) -> AssignmentDecision:
    skipped = [person for person in found.people if person.skip is not None]
    made: AssignmentDecision = AssignmentDecision.objects.create(
        lead_id=placement.pk,
        rule_id=found.rule,
        policy=found.policy,
        trigger=trigger,
        reason=reason,
        chosen_id=ordered[0].pk if ordered else None,
        eligible=[
            [person.pk, person.held, round(found.places.get(person.pk, 0.0), 2)]
            for person in ordered[:MOST_SKIPPED]
        ],
        skipped=[[person.pk, person.skip, person.held] for person in skipped[:MOST_SKIPPED]],
    )
    return made


def _wait(placement: Placement, found: Situation, trigger: Trigger, waiting: WaitingLead | None) -> None:
    line = reading.line_of(placement)
    if waiting is None:
        WaitingLead.objects.create(
            lead_id=placement.pk, rule_id=found.rule, line=line, trigger=trigger, is_told=True
        )
    else:
        waiting.rule_id, waiting.line, waiting.is_told = found.rule, line, True
        waiting.save(update_fields=["rule_id", "line", "is_told"])
