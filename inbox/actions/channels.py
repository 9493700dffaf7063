"""What is done with a channel of any kind: another name, and an end."""

from django.db import transaction
from django.utils import timezone

from inbox.channels import health
from inbox.models import Channel
from inbox.permissions import InboxPermission
from workspaces.actions import audit
from workspaces.models import Membership, Verb
from workspaces.permissions import check


@transaction.atomic
def rename(channel: Channel, *, by: Membership, name: str) -> None:
    check(by, InboxPermission.MANAGE_CHANNELS)
    if name == channel.name:
        return
    changes = {"name": [channel.name, name]}
    Channel.objects.filter(pk=channel.pk).update(name=name)
    channel.name = name
    audit.record(by.workspace_id, verb=Verb.CHANNEL_CHANGED, by=by, target=name, changes=changes)
    health.tell(channel)


@transaction.atomic
def remove(channel: Channel, *, by: Membership) -> None:
    """Nothing is sent or received by it any more; its secrets are forgotten. Its threads stay."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    changed = Channel.objects.filter(pk=channel.pk, removed_at=None).update(
        removed_at=timezone.now(), state=Channel.State.DISCONNECTED, secrets={}
    )
    if changed:
        audit.record(by.workspace_id, verb=Verb.CHANNEL_REMOVED, by=by, target=channel.name)
        health.tell(channel)
