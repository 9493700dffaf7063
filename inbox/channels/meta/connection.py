"""From a channel's row to a client that speaks for it."""

from __future__ import annotations

from inbox.channels.meta import refusals
from inbox.channels.meta.client import MetaClient
from inbox.channels.meta.graph import Graph, Service
from inbox.models import Channel

MESSENGER, INSTAGRAM = "messenger", "instagram"  # kinds of channels
PAGE_LOGIN, OWN_LOGIN = "page", "instagram"  # settings["login"]: through a Facebook page, or Instagram's own

GRAPH = Service("Meta", "META_API_URL", refusals.meaning)
INSTAGRAM_GRAPH = Service("Instagram", "INSTAGRAM_API_URL", refusals.meaning)


def has_own_login(channel: Channel) -> bool:
    return bool(channel.settings.get("login") == OWN_LOGIN)


def client_of(channel: Channel) -> MetaClient:
    """Speaks as the page, or as the account of an Instagram login, with its token and, for a page, the app's proof."""
    token = channel.secrets.get("token", "")
    if has_own_login(channel):
        return MetaClient(Graph(INSTAGRAM_GRAPH, token), channel.external_id)
    app_secret = channel.app.secrets.get("app_secret", "") if channel.app else ""
    return MetaClient(Graph(GRAPH, token, app_secret), page_of(channel))


def page_of(channel: Channel) -> str:
    """By which page it is sent; the channel itself, where it is one."""
    return str(channel.settings.get("page", {}).get("id") or channel.external_id)
