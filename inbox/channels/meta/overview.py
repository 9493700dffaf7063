"""What a channel's page shows of it."""

from __future__ import annotations

from typing import Any

from inbox.channels import endpoints
from inbox.channels.meta import asking, facts
from inbox.channels.meta.connection import INSTAGRAM, has_own_login
from inbox.channels.meta.subscribing import fields_of
from inbox.channels.overview import deliveries, moment
from inbox.models import Channel


def state(channel: Channel) -> dict[str, Any]:
    """One query: the counts."""
    app, settings = channel.app, channel.settings
    return {
        "page": settings.get("page", {}),
        "account": settings.get("account", {}),
        "is_instagram": channel.kind == INSTAGRAM,
        "own_login": has_own_login(channel),
        "ends_at": facts.ends_at(channel),
        "checked_at": moment(settings.get("checked_at")),
        "subscribed_at": moment(settings.get("subscribed_at")),
        "extended": settings.get("extended") is True,
        "approved": settings.get("approved"),
        "deliveries": deliveries(channel),
        "callback": endpoints.callback_of(app) if app else "",
        "verify_token": app.secrets.get("verify_token", "") if app and owns_app(channel) else "",
        "fields": fields_of(channel),
        "public": asking.callback_is_public(),
        "is_set_up": channel.last_event_at is not None,
    }


def owns_app(channel: Channel) -> bool:
    """Whether the workspace may change the app: the installation's is the operator's."""
    return channel.app is not None and channel.app.owner_id == channel.workspace_id
