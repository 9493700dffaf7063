"""Connect a number, give it another token, rename it, take it away. What must be asked of Meta was asked before."""

from __future__ import annotations

from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.channels import health
from inbox.channels.whatsapp.actions import numbers, templates
from inbox.channels.whatsapp.client import Number
from inbox.models import Channel, ProviderApp
from inbox.permissions import InboxPermission
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership, Verb
from workspaces.permissions import check

KIND = "whatsapp"


@transaction.atomic
def connect(*, by: Membership, app: ProviderApp, account_id: str, number: Number, token: str) -> Channel:
    """A channel for the number, or Refused where it has one. The app is the workspace's, or the installation's."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    if app.owner_id not in (None, by.workspace_id):
        raise Refused(_("This app belongs to another workspace."))
    problem = numbers.worry(number)
    channel = Channel(
        workspace_id=by.workspace_id,
        kind=KIND,
        name=(number.name or number.display)[:80],
        external_id=number.id,
        account_id=account_id,
        app=app,
        settings={"number": {**asdict(number), "checked_at": timezone.now().isoformat()}},
        secrets={"token": token},
        state=Channel.State.TROUBLED if problem else Channel.State.CONNECTED,
        problem=problem[:300],
        problem_at=timezone.now() if problem else None,
    )
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError:
        raise Refused(_("This number is connected already.")) from None
    audit.record(
        by.workspace_id,
        verb=Verb.CHANNEL_CONNECTED,
        by=by,
        target=channel.name,
        changes={"number": ["", number.display]},
    )
    templates.enqueue_sync(channel)
    health.tell(channel)
    return channel


@transaction.atomic
def change_token(channel: Channel, *, by: Membership, token: str, number: Number) -> None:
    """The caller has verified that the token reads the number."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    locked.secrets = {**locked.secrets, "token": token}
    locked.save(update_fields=["secrets"])
    numbers.note_number(locked, number)
    templates.enqueue_sync(locked)
    audit.record(
        by.workspace_id,
        verb=Verb.CHANNEL_SECRET_CHANGED,
        by=by,
        target=channel.name,
        changes={"what": ["", "token"]},
    )


@transaction.atomic
def note_subscribed(channel: Channel, *, by: Membership) -> None:
    """Meta sends the account's webhooks to us."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    locked.settings = {**locked.settings, "subscribed_at": timezone.now().isoformat()}
    locked.save(update_fields=["settings"])
    channel.settings = locked.settings
    health.tell(locked)


def shares_account(channel: Channel) -> bool:
    """Whether another number of the same account is connected by the same app: its webhooks are still wanted."""
    others = Channel.objects.in_use().exclude(pk=channel.pk)
    return others.filter(kind=KIND, account_id=channel.account_id, app=channel.app).exists()
