"""Connect a bot, give it another token or secret, and what is known of it. What must be asked of Telegram was asked
before.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.actions import channels
from inbox.channels import health
from inbox.channels.telegram.api import TelegramError
from inbox.channels.telegram.connection import ACCOUNT, BOT, PROVIDER, bot_of
from inbox.channels.telegram.facts import Bot, Webhook
from inbox.models import Channel, ProviderApp
from inbox.permissions import InboxPermission
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership, Verb
from workspaces.permissions import check

KINDS_COUNTED = 30  # names of what is ignored, of one channel


def new_secret() -> str:
    """Letters, digits, - and _: what Telegram takes."""
    return secrets.token_urlsafe(36)


def check_new(bot: Bot) -> None:
    """Raises Refused where the bot has a channel here."""
    if Channel.objects.in_use().filter(kind=BOT, external_id=bot.id).exists():
        raise Refused(_("This bot is connected already."))


@transaction.atomic
def connect(*, by: Membership, bot: Bot, token: str) -> Channel:
    """A channel for the bot, or Refused where it has one. One that was disconnected comes back: its people are the
    same."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    check_new(bot)
    channel = (
        Channel.objects.filter(kind=BOT, external_id=bot.id).select_related("app").order_by("-id").first()
    )
    given = {"bot_id": bot.id, "secret": new_secret()}
    if channel is None:
        app = ProviderApp.objects.create(
            provider=PROVIDER, owner=by.workspace, name=f"@{bot.username}"[:80], secrets=given
        )
        channel = Channel(workspace_id=by.workspace_id, kind=BOT, external_id=bot.id, app=app)
    elif channel.app is not None:
        ProviderApp.objects.filter(pk=channel.app.pk).update(refused_count=0, refused_at=None)
        channel.app.secrets = given
        channel.app.save(update_fields=["secrets"])
    channel.name = (bot.name or f"@{bot.username}")[:80]
    channel.settings = {"bot": asdict(bot), "checked_at": timezone.now().isoformat()}
    channel.secrets = {"token": token}
    channel.state, channel.problem, channel.problem_at = Channel.State.CONNECTED, "", None
    channel.last_event_at = channel.removed_at = None
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError:
        raise Refused(_("This bot is connected already.")) from None
    changes = {"bot": ["", f"@{bot.username}"]}
    audit.record(by.workspace_id, verb=Verb.CHANNEL_CONNECTED, by=by, target=channel.name, changes=changes)
    health.tell(channel)
    return channel


@transaction.atomic
def change_token(channel: Channel, *, by: Membership, token: str, bot: Bot) -> None:
    """The caller has verified that it is the same bot's."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    locked.secrets = {**locked.secrets, "token": token}
    locked.save(update_fields=["secrets"])
    note_bot(locked, bot)
    _secret_changed(channel, by, "token")


@transaction.atomic
def begin_secret(channel: Channel, *, by: Membership) -> str:
    """A new secret beside the old one, until Telegram knows it: what is under way is still taken."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    app, secret = _app(channel), new_secret()
    app.secrets = {**app.secrets, "next": secret}
    app.save(update_fields=["secrets"])
    return secret


@transaction.atomic
def end_secret(channel: Channel, *, by: Membership, taken: bool) -> None:
    """Telegram has it: the old one no longer opens the endpoint. Or it has not, and the old one stays."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    app = _app(channel)
    following = app.secrets.get("next", "")
    kept = {name: value for name, value in app.secrets.items() if name != "next"}
    app.secrets = {**kept, "secret": following} if taken and following else kept
    app.save(update_fields=["secrets"])
    if taken:
        _secret_changed(channel, by, "webhook_secret")


@transaction.atomic
def note_bot(channel: Channel, bot: Bot) -> None:
    """What Telegram says of the bot now. The token is good: a channel that was lost is back."""
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    locked.settings = {**locked.settings, "bot": asdict(bot), "checked_at": timezone.now().isoformat()}
    locked.state = Channel.State.CONNECTED
    locked.save(update_fields=["settings", "state"])
    health.tell(locked)


@transaction.atomic
def note_webhook(channel: Channel, webhook: Webhook, *, problem: str) -> None:
    """How Telegram reaches us. `problem`: what asks for an admin; empty where all is well."""
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    locked.settings = {
        **locked.settings,
        "webhook": asdict(webhook),
        "checked_at": timezone.now().isoformat(),
    }
    if locked.is_usable:
        locked.state = Channel.State.TROUBLED if problem else Channel.State.CONNECTED
    if problem:
        locked.problem, locked.problem_at = problem[:300], timezone.now()
    locked.save(update_fields=["settings", "state", "problem", "problem_at"])
    channel.settings = locked.settings
    health.tell(locked)


def lose(channel: Channel, error: TelegramError) -> None:
    """A refusal that concerns the channel as a whole: of the token all channels of the bot, else this one."""
    problem = str(error.meaning.text) if error.meaning else str(error)
    bot = bot_of(channel)
    if error.status in (401, 404) and bot is not None:
        health.lose_token(bot, problem=problem)
    else:
        health.lose(channel, problem=problem)


@transaction.atomic
def remove(channel: Channel, *, by: Membership) -> None:
    """With a bot go the channels of the accounts that let it in, and its endpoint's secret."""
    if channel.kind == BOT:
        for account in Channel.objects.in_use().filter(kind=ACCOUNT, app_id=channel.app_id):
            channels.remove(account, by=by)
        app = _app(channel)
        app.secrets = {"bot_id": channel.external_id}
        app.save(update_fields=["secrets"])
    channels.remove(channel, by=by)


def count(channel: Channel, name: str) -> None:
    """What came and is not acted on: shown on the channel's page. In a transaction of intake."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"channel": channel.pk, "name": name[:60], "most": KINDS_COUNTED})


def _app(channel: Channel) -> ProviderApp:
    """The endpoint of the bot, which is the workspace's own; locked."""
    return (
        ProviderApp.objects.of_workspace(channel.workspace_id).select_for_update().get(pk=channel.app_id or 0)
    )


def _secret_changed(channel: Channel, by: Membership, what: str) -> None:
    changes: dict[str, list[Any]] = {"what": ["", what]}
    audit.record(
        by.workspace_id, verb=Verb.CHANNEL_SECRET_CHANGED, by=by, target=channel.name, changes=changes
    )


# In place: two of them at once both count.
_COUNT = """
UPDATE inbox_channel
SET settings = jsonb_set(
    settings, '{ignored}',
    coalesce(settings->'ignored', '{}') || jsonb_build_object(
        %(name)s::text, coalesce((settings->'ignored'->>%(name)s)::bigint, 0) + 1
    )
)
WHERE id = %(channel)s AND (
    settings->'ignored' ? %(name)s
    OR (SELECT count(*) FROM jsonb_object_keys(coalesce(settings->'ignored', '{}'))) < %(most)s
)
"""
