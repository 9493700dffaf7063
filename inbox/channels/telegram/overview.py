"""What a channel's page shows of it."""

from __future__ import annotations

from typing import Any

from inbox.channels import endpoints
from inbox.channels.overview import deliveries, moment
from inbox.channels.telegram import setup
from inbox.channels.telegram.connection import ACCOUNT, BOT, bot_of
from inbox.models import Channel


def state(channel: Channel) -> dict[str, Any]:
    """Two queries, three for an account."""
    webhook = channel.settings.get("webhook", {})
    app = channel.app
    callback = endpoints.callback_of(app) if app else ""
    return {
        "is_bot": channel.kind == BOT,
        "bot": channel.settings.get("bot", {}),
        "webhook": webhook,
        "is_registered": bool(callback) and webhook.get("url") == callback,
        "failed_at": moment(webhook.get("last_error_at")),
        "checked_at": moment(channel.settings.get("checked_at")),
        "connection": channel.settings.get("connection", {}),
        "connected_at": moment(channel.settings.get("connected_at")),
        "accounts": accounts(channel),
        "bot_channel": bot_of(channel) if channel.kind == ACCOUNT else None,
        "ignored": sum(channel.settings.get("ignored", {}).values()),
        "in_groups": sum(
            count for name, count in channel.settings.get("ignored", {}).items() if name.startswith("group:")
        ),
        "deliveries": deliveries(channel),
        "callback": callback,
        "callback_problem": setup.callback_problem(),
        "is_set_up": channel.last_event_at is not None,
        "t_me": setup.is_telegram(),
    }


def accounts(channel: Channel) -> list[Channel]:
    """That let this bot in."""
    if channel.kind != BOT:
        return []
    return list(Channel.objects.in_use().filter(kind=ACCOUNT, app_id=channel.app_id).by_name()[:50])


def bots() -> list[Channel]:
    """Those that an account could let in."""
    return list(Channel.objects.in_use().filter(kind=BOT).by_name()[:50])
