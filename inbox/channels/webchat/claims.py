"""What a visitor says of themselves: kept with their lead, believed by nobody. It never leads to another lead; where
one has the same phone or address, an event asks somebody to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from directory import phones
from directory.actions import events, leads, placements
from directory.actors import CHANNEL
from directory.models import ContactPoint, Event
from inbox.channels.reading import text
from inbox.models import Message
from inbox.verbs import Verb
from workspaces.models import Workspace

MOST = 4  # contact points that a visitor may give their lead


class UnfitClaimError(ValueError):
    """`field`: "email" or "phone"; it is none."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Claims:
    name: str = ""
    email: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.email or self.phone)


def read(given: Mapping[str, Any], workspace: Workspace) -> Claims:
    """Raises UnfitClaimError for what is no address or number, so that the visitor can mend it."""
    claimed = Claims(
        name=" ".join(text(given.get("name"), 120).split()),
        email=text(given.get("email"), 254).strip(),
        phone=text(given.get("phone"), 30).strip(),
    )
    if claimed.email:
        try:
            validate_email(claimed.email)
        except ValidationError:
            raise UnfitClaimError("email") from None
    if claimed.phone and phones.parse(claimed.phone, _region(workspace)) is None:
        raise UnfitClaimError("phone")
    return claimed


def note(message: Message, claimed: Claims, workspace: Workspace) -> None:
    """In the transaction of the message."""
    points = list(_points(claimed, workspace))
    if not points:
        return
    lead = message.lead
    own = {(point.kind, point.match_key) for point in lead.contact_points.all()}
    new = [point for point in points if (point.kind, point.match_key) not in own]
    for point in new[: max(0, MOST - len(own))]:
        leads.add_contact_point(lead, point, by=CHANNEL)
        _suspect(message, point)


def _suspect(message: Message, point: ContactPoint) -> None:
    """Says once of each pair that two leads may be one person."""
    same = ContactPoint.objects.matching(point.kind, point.match_key).exclude(lead_id=message.lead_id)
    others = set(same.values_list("lead_id", flat=True)[:5])
    told: list[Event] = list(Event.objects.of_lead(message.lead).filter(verb=Verb.DUPLICATE_SUSPECTED))
    if not others:
        return
    placement = placements.locked(message.lead_id)
    known = {event.facts.get("other") for event in told}
    for other in sorted(others - known):
        facts = {"other": other, "by": f"claimed {point.kind}"}
        events.record(placement, by=CHANNEL, verb=Verb.DUPLICATE_SUSPECTED, facts=facts)


def _points(claimed: Claims, workspace: Workspace) -> Iterator[ContactPoint]:
    points = [leads.email(claimed.email)] if claimed.email else []
    points += [leads.phone(claimed.phone, region=_region(workspace))] if claimed.phone else []
    for point in points:
        point.is_claimed = True
        yield point


def _region(workspace: Workspace) -> str | None:
    return phones.region_of(workspace.currency, workspace.time_zone)
