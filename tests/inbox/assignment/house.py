"""What tests of assignment begin with: people who may have leads, a rule, and somebody who writes."""

import itertools
from collections.abc import Iterable
from typing import Any

from crm.tenancy import scope
from directory.models import Lead, Placement
from inbox.actions import assignment
from inbox.actions.assignment import Seat
from inbox.assignment import queue
from inbox.models import AssignmentDecision, AssignmentRule, Channel
from tests import cast
from tests.directory import house as leads
from tests.inbox import house
from workspaces.models import Membership, Role, Workspace

_numbers = itertools.count(1)


def sellers(
    workspace: Workspace, owner: Membership, count: int, *channels: Channel, availability: str = "active"
) -> list[Membership]:
    """Active, who may write from the channels."""
    made = []
    for _ in range(count):
        number = next(_numbers)
        person = cast.member(workspace, Role.SELLER, f"Seller {number}", f"s{number}@example.com")
        with scope(workspace):
            made.append(leads.grant(person, by=owner, write_channel=channels))
    Membership.objects.filter(pk__in=[one.pk for one in made]).update(availability=availability)
    return made


def rule(owner: Membership, *, seats: Iterable[Seat] = (), **values: Any) -> AssignmentRule:
    """Of the Inbox, by turns, unless other things are said."""
    with scope(owner.workspace_id):
        return assignment.set_rule(by=owner, seats=seats, **{"policy": "turns", **values})


def seat(person: Membership, **values: Any) -> Seat:
    return Seat(person.pk, **{"takes_part": None, "weight": 1, "capacity": None, **values})


def write(channel: Channel, *, phone: str = "", text: str = "Hola") -> Lead:
    """Somebody new writes, or whoever has that number; their lead."""
    house.post(channel, house.text(text, phone=phone or f"52155{next(_numbers):08}"))
    house.work_off()
    with scope(channel.workspace_id):
        heard = Lead.objects.filter(placement__last_inbound_id__isnull=False)
        return heard.select_related("placement").latest("placement__last_inbound_id")


def whose(*found: Lead) -> list[int | None]:
    """Their assignees' memberships."""
    by_lead = {}
    for lead in found:
        with scope(lead.workspace_id):
            by_lead[lead.pk] = Placement.objects.get(pk=lead.pk).assignee_id
    return [by_lead[lead.pk] for lead in found]


def decision(lead: Lead) -> AssignmentDecision:
    """The latest about it."""
    with scope(lead.workspace_id):
        found = AssignmentDecision.objects.filter(lead=lead).newest_first().first()
    assert found is not None
    return found


def hand_out(workspace: Workspace) -> int:
    with scope(workspace):
        return queue.hand_out(workspace.pk)
