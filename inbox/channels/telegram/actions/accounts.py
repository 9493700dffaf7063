"""Accounts that let the bot in (Telegram Business): each is a channel of its own, which comes by itself.

Telegram tells of a connection once, when it is made: the bot may have been somewhere else then. So a message of a
connection that nobody knows has us ask about it; what came meanwhile waits in the journal and is read again.

A connection made anew has another id, for the same account: its channel goes on, and its people stay who they are.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import work
from crm.tenancy import scope
from crm.work.models import Item
from inbox.channels import health
from inbox.channels.reading import mapping
from inbox.channels.telegram.connection import ACCOUNT, api_of, bot_of_app
from inbox.channels.telegram.notices import connected
from inbox.journal import splitting
from inbox.models import Channel, ProviderApp, RawRequest
from workspaces.actions import audit
from workspaces.models import Verb

ASK = "inbox.telegram.ask"
NEAR = 1_000_000  # updates: numbers further apart than that do not tell which came first (they begin anew at random)
MOST = 1000  # webhooks read again at once


@transaction.atomic
def note(bot: Channel, facts: dict[str, Any]) -> Channel | None:
    """What Telegram says of a connection now (`notices.connected`). Its channel; None where an admin took it away.

    Told twice or late: an older word of the same connection changes nothing.
    """
    Channel.objects.select_for_update(no_key=True, of=("self",)).get(pk=bot.pk)  # one at a time
    channel = _channel(bot, facts)
    if channel is None or _is_older(facts, channel.settings.get("connection", {})):
        return channel
    is_new = channel.pk is None
    channel.external_id, channel.removed_at = facts["id"], None
    channel.settings = {**channel.settings, "connection": facts, "connected_at": timezone.now().isoformat()}
    channel.state, channel.problem = _state(facts)
    channel.problem_at = timezone.now() if channel.problem else channel.problem_at
    channel.save()
    if is_new:
        changes = {"account": ["", facts["username"] or facts["name"]]}
        audit.record(
            bot.workspace_id, verb=Verb.CHANNEL_CONNECTED, by=None, target=channel.name, changes=changes
        )
    health.tell(channel)
    return channel


def ask_about(app: ProviderApp, receiver: str) -> None:
    """In the splitter's transaction. Once a minute, however many webhooks name it."""
    if app.owner_id is None or receiver == app.secrets.get("bot_id"):
        return
    minute = timezone.now().replace(second=0, microsecond=0)
    work.enqueue(
        kind=ASK,
        lane=f"app:{app.pk}",
        payload={"app": app.pk, "connection": receiver},
        correlation=f"{app.pk}:{receiver}:{minute:%Y%m%d%H%M}"[:100],
        delay=timedelta(seconds=1),
    )


def deliver(item: Item) -> work.Receipt:
    """Asks Telegram about the connection, unless it is known by now; then has read again what came for it."""
    app = ProviderApp.objects.filter(pk=item.payload["app"]).first()
    if app is None or app.owner_id is None:
        return work.Receipt("gone")
    connection = item.payload["connection"]
    with scope(app.owner_id):
        bot = bot_of_app(app)
        if bot is None:
            return work.Receipt("no bot")
        known = Channel.objects.in_use().filter(kind=ACCOUNT, app=app, external_id=connection).first()
        if known is None:
            given = mapping(api_of(bot).call("getBusinessConnection", business_connection_id=connection))
            facts = connected(given)
            known = note(bot, facts) if facts["owner"] and facts["id"] == connection else None
    if known is None:
        return work.Receipt("not taken")
    waiting = RawRequest.objects.filter(app=app, receiver=connection[:80], unknown_receivers__gt=0)
    splitting.replay(list(waiting.order_by("id").values_list("pk", flat=True)[:MOST]))
    return work.Receipt()


def _channel(bot: Channel, facts: dict[str, Any]) -> Channel | None:
    """The account's, also one that was removed: it comes back with a new connection, and only with one."""
    rows = Channel.objects.select_for_update(no_key=True, of=("self",))
    found = rows.filter(kind=ACCOUNT, app=bot.app, account_id=facts["owner"]).order_by("-id").first()
    if found is None:
        name = facts["name"] or f"@{facts['username']}"
        return Channel(
            workspace_id=bot.workspace_id,
            kind=ACCOUNT,
            name=f"{name} · Telegram"[:80],
            account_id=facts["owner"],
            app=bot.app,
        )
    if found.removed_at is not None and (found.external_id == facts["id"] or not facts["is_enabled"]):
        return None
    return found


def _is_older(facts: dict[str, Any], known: dict[str, Any]) -> bool:
    """By the time it was made, then by the number of the update (none: we asked, which is now)."""
    if facts["date"] != known.get("date", facts["date"]):
        return int(facts["date"]) < int(known["date"])
    if "update" not in facts or "update" not in known:
        return False
    return 0 < int(known["update"]) - int(facts["update"]) < NEAR


def _state(facts: dict[str, Any]) -> tuple[Channel.State, str]:
    if not facts["is_enabled"]:
        return Channel.State.DISCONNECTED, _("The owner took the bot away from the account.")
    if "can_reply" not in facts["rights"]:
        return Channel.State.DISCONNECTED, _(
            "The account does not let the bot reply: what arrives is shown, and nothing can be sent."
        )
    return Channel.State.CONNECTED, ""


KIND = work.Kind(ASK, deliver=deliver, idempotent=True, max_attempts=6, batch=2, parallel=2)
