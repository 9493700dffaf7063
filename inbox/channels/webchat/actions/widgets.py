"""Make a widget, change it, give it another secret. Nobody else has to be asked."""

from __future__ import annotations

from django.db import transaction

from inbox.channels.webchat.widget import KIND, Widget, new_secret, new_token
from inbox.models import Channel
from inbox.permissions import InboxPermission
from workspaces.actions import audit
from workspaces.models import Membership, Verb
from workspaces.permissions import check


@transaction.atomic
def connect(*, by: Membership) -> Channel:
    """A widget that works at once, in the workspace's name; so far only on our own test page."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    name = by.workspace.name
    channel = Channel.objects.create(
        kind=KIND,
        name=name[:80],
        external_id=new_token(),
        settings=Widget(team=name[:80]).stored(),
        secrets={"identity": new_secret()},
    )
    audit.record(by.workspace_id, verb=Verb.CHANNEL_CONNECTED, by=by, target=channel.name)
    return channel


@transaction.atomic
def change(channel: Channel, *, by: Membership, name: str, widget: Widget) -> None:
    """What is the same already is no change."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    before, after = Widget.of(locked).stored(), widget.stored()
    changes = {
        field: [_told(before[field]), _told(after[field])] for field in after if before[field] != after[field]
    }
    if locked.name != name:
        changes["name"] = [locked.name, name]
    if not changes:
        return
    locked.name, locked.settings = name, {**locked.settings, **after}
    locked.save(update_fields=["name", "settings"])
    audit.record(by.workspace_id, verb=Verb.CHANNEL_CHANGED, by=by, target=name, changes=changes)


@transaction.atomic
def rotate_secret(channel: Channel, *, by: Membership) -> str:
    """The new one, to be shown once. Visitors whom the old one vouched for are asked to prove themselves again."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    secret = new_secret()
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    locked.secrets = {**locked.secrets, "identity": secret}
    locked.save(update_fields=["secrets"])
    audit.record(by.workspace_id, verb=Verb.CHANNEL_SECRET_CHANGED, by=by, target=channel.name)
    return secret


def _told(value: object) -> object:
    """A word of the audit log."""
    if isinstance(value, dict):
        return " / ".join(str(each) for each in value.values() if each)
    return ", ".join(map(str, value)) if isinstance(value, list) else value
