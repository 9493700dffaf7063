"""From a channel's row to a client that speaks for it."""

from __future__ import annotations

from inbox.channels.meta.graph import Graph, Service
from inbox.channels.whatsapp import errors
from inbox.channels.whatsapp.client import WhatsAppClient
from inbox.models import Channel

SERVICE = Service("WhatsApp", "WHATSAPP_API_URL", errors.meaning)


def graph(token: str, app_secret: str = "") -> Graph:
    return Graph(SERVICE, token, app_secret)


def client_of(channel: Channel) -> WhatsAppClient:
    """Speaks as the channel's number, with its token and its app's proof."""
    app_secret = channel.app.secrets.get("app_secret", "") if channel.app else ""
    return WhatsAppClient(graph(channel.secrets.get("token", ""), app_secret), channel.external_id)
