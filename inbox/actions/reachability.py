"""Whether somebody can still be written to on a channel: told by the provider, or learnt from its refusal.

Told twice, late and in another order: what was known at a later time counts. The event keeps that time.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from directory.actions import events, placements
from directory.actors import CHANNEL
from directory.models import Event, Placement
from inbox.models import Identity
from inbox.verbs import Verb


def note(identity: Identity, placement: Placement, *, reachable: bool, at: datetime) -> None:
    """The caller holds the lock of the placement. What is so already is no news."""
    if identity.is_reachable == reachable or _is_stale(identity, at):
        return
    identity.is_reachable = reachable
    identity.save(update_fields=["is_reachable"])
    facts = {
        "identity": identity.pk,
        "channel": identity.channel_id,
        "reachable": reachable,
        "at": at.isoformat(),
    }
    events.record(placement, by=CHANNEL, verb=Verb.REACHABILITY_CHANGED, facts=facts)


@transaction.atomic
def learn(identity: Identity, *, reachable: bool) -> None:
    """From what became of a message of ours, now."""
    placement = placements.locked(identity.lead_id)
    at = timezone.now().replace(
        microsecond=0
    )  # as providers write times: what they say in this second is no older
    note(Identity.objects.get(pk=identity.pk), placement, reachable=reachable, at=at)
    identity.is_reachable = reachable


def _is_stale(identity: Identity, at: datetime) -> bool:
    told = Event.objects.filter(lead_id=identity.lead_id, verb=Verb.REACHABILITY_CHANGED)
    last = told.filter(facts__identity=identity.pk).order_by("-id").values_list("facts", flat=True).first()
    known = parse_datetime(str(last.get("at", ""))) if last else None
    return known is not None and at < known
