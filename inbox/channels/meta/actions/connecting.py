"""Connect a page or an account, give it another token, note what Meta says. What must be asked was asked before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.channels import health
from inbox.channels.meta import facts as known
from inbox.channels.meta.connection import INSTAGRAM, OWN_LOGIN
from inbox.channels.meta.facts import Facts
from inbox.models import Channel, ProviderApp
from inbox.permissions import InboxPermission
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership, Verb
from workspaces.permissions import check


@transaction.atomic
def connect(*, by: Membership, app: ProviderApp, kind: str, login: str, facts: Facts, token: str) -> Channel:
    """A channel for the page or account, or Refused where it has one. The app is ours, or the installation's."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    if app.owner_id not in (None, by.workspace_id):
        raise Refused(_("This app belongs to another workspace."))
    page = facts.page
    channel = Channel(
        workspace_id=by.workspace_id,
        kind=kind,
        name=(f"@{page.username}" if kind == INSTAGRAM and page.username else page.name)[:80],
        external_id=page.instagram if kind == INSTAGRAM else page.id,
        app=app,
        settings=known.stored(kind, login, facts),
        secrets={"token": token},
    )
    channel.settings["token"]["given_at"] = timezone.now().isoformat()
    _judge(channel)
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError:
        raise Refused(_("This account is connected already.")) from None
    audit.record(
        by.workspace_id,
        verb=Verb.CHANNEL_CONNECTED,
        by=by,
        target=channel.name,
        changes={"account": ["", channel.external_id]},
    )
    health.tell(channel)
    return channel


@transaction.atomic
def change_token(channel: Channel, *, by: Membership, token: str, facts: Facts) -> None:
    """The caller has verified that the token speaks for this page or account."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    locked = _locked(channel)
    locked.secrets = {**locked.secrets, "token": token}
    locked.save(update_fields=["secrets"])
    _note(locked, facts, {"given_at": timezone.now().isoformat(), "refreshed": False})
    audit.record(
        by.workspace_id,
        verb=Verb.CHANNEL_SECRET_CHANGED,
        by=by,
        target=channel.name,
        changes={"what": ["", "token"]},
    )


@transaction.atomic
def note_facts(channel: Channel, facts: Facts) -> None:
    """What Meta says now. The token is good: a channel that was lost is back."""
    _note(_locked(channel), facts, {})


@transaction.atomic
def keep_fresh(channel: Channel, *, old: str, token: str, ends_at: datetime) -> None:
    """A token of Instagram login was exchanged; unless an admin has given another one meanwhile."""
    locked = _locked(channel)
    if locked.secrets.get("token") != old:
        return
    locked.secrets = {**locked.secrets, "token": token}
    about = {"ends_at": ends_at.isoformat(), "given_at": timezone.now().isoformat(), "refreshed": True}
    locked.settings = {**locked.settings, "token": about}
    locked.save(update_fields=["secrets", "settings"])
    channel.secrets, channel.settings = locked.secrets, locked.settings


@transaction.atomic
def note_subscribed(channel: Channel, *, by: Membership) -> None:
    """Meta sends what happens here."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    locked = _locked(channel)
    locked.settings = {**locked.settings, "subscribed_at": timezone.now().isoformat()}
    locked.save(update_fields=["settings"])
    channel.settings = locked.settings
    health.tell(locked)


@transaction.atomic
def extend(channel: Channel, *, by: Membership, extended: bool) -> None:
    """Whether people may answer until seven days have passed: only where Meta has granted Human Agent."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    locked = _locked(channel)
    before = locked.settings.get("extended") is True
    if before == extended:
        return
    locked.settings = {**locked.settings, "extended": extended}
    locked.save(update_fields=["settings"])
    channel.settings = locked.settings
    audit.record(
        by.workspace_id,
        verb=Verb.CHANNEL_CHANGED,
        by=by,
        target=channel.name,
        changes={"human_agent": [before, extended]},
    )
    health.tell(locked)


def is_sent_by(channel: Channel) -> bool:
    """Whether another channel is subscribed by the same page and app: what it hears is still wanted."""
    page = channel.settings.get("page", {}).get("id", "")
    others = Channel.objects.in_use().exclude(pk=channel.pk).filter(app=channel.app)
    return bool(page) and others.filter(settings__page__id=page).exists()


def _note(locked: Channel, facts: Facts, about: dict[str, Any]) -> None:
    login = locked.settings.get("login", "")
    fresh = known.stored(locked.kind, login, facts)
    kept = locked.settings.get("token", {})
    ends = kept.get("ends_at", "") if login == OWN_LOGIN and not about else fresh["token"]["ends_at"]
    fresh["token"] = {**kept, **about, "ends_at": ends}
    locked.settings = {**locked.settings, **fresh}
    locked.state = Channel.State.CONNECTED
    _judge(locked)
    locked.save(update_fields=["settings", "state", "problem", "problem_at"])
    health.tell(locked)


def _judge(channel: Channel) -> None:
    if problem := known.worry(channel):
        channel.state = Channel.State.TROUBLED
        channel.problem, channel.problem_at = problem[:300], timezone.now()


def _locked(channel: Channel) -> Channel:
    return Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
