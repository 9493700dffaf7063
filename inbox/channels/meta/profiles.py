"""Asking Meta who somebody is: after intake, as work. That it fails is normal: then they keep the name we made up."""

from __future__ import annotations

from django.db import transaction

from crm import work
from crm.work.models import Item
from directory.actions import leads, placements
from directory.actors import CHANNEL
from directory.models import Placement
from inbox.channels import kinds
from inbox.channels.meta.client import Profile
from inbox.channels.meta.connection import client_of
from inbox.channels.meta.graph import GraphError
from inbox.models import Identity

PROFILE = "inbox.meta.profile"


def enqueue(identity: Identity) -> None:
    """In a transaction of intake; once for each identity."""
    work.enqueue(
        kind=PROFILE,
        lane=f"channel:{identity.channel_id}",
        payload={"identity": identity.pk},
        correlation=f"profile:{identity.pk}",
        workspace=identity.workspace_id,
    )


def deliver(item: Item) -> work.Receipt:
    identity = Identity.objects.select_related("channel__app").filter(pk=item.payload["identity"]).first()
    if identity is None or not identity.channel.is_usable:
        return work.Receipt("gone")
    key = identity.keys.filter(is_current=True).order_by("id").values_list("key", flat=True).first() or ""
    fields = getattr(kinds.get(identity.channel.kind), "profile_fields", "name")
    try:
        found = client_of(identity.channel).profile(key.rpartition(":")[2], fields)
    except GraphError as error:
        if error.permanent or error.disconnects:
            return work.Receipt("not told")  # no consent, no permission, blocked: nothing to be done about it
        raise
    if found.name or found.username:
        _learn(identity, found)
    return work.Receipt("told")


@transaction.atomic
def _learn(identity: Identity, found: Profile) -> None:
    try:
        placement = placements.locked(identity.lead_id)
    except Placement.DoesNotExist:
        return  # the lead is being deleted
    identity = Identity.objects.select_related("lead").get(pk=identity.pk)
    identity.name = (found.name or f"@{found.username}")[:160]
    identity.username = found.username[:80]
    identity.save(update_fields=["name", "username"])
    leads.name_by_profile(identity.lead, placement, identity.name, by=CHANNEL)


KIND = work.Kind(PROFILE, deliver=deliver, idempotent=True, batch=5, parallel=2, max_attempts=5)
