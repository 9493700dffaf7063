"""From a channel's row to a client that speaks for it."""

from __future__ import annotations

from inbox.channels.whatsapp.client import WhatsAppClient
from inbox.channels.whatsapp.graph import Graph
from inbox.models import Channel


def client_of(channel: Channel) -> WhatsAppClient:
    """Speaks as the channel's number, with its token and its app's proof."""
    app_secret = channel.app.secrets.get("app_secret", "") if channel.app else ""
    return WhatsAppClient(Graph(channel.secrets.get("token", ""), app_secret), channel.external_id)
