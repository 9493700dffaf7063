"""Asking Meta how a page or account and its token are: daily as work, and at once where an admin waits for it.

A token of Instagram login is exchanged for a fresh one every week, long before its sixty days are over. What cannot be
exchanged, or ends by itself, is said seven days before (`facts.worry`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from crm import work
from crm.tenancy import scope
from crm.work import Receipt
from crm.work.models import Item
from inbox.channels import health
from inbox.channels.instagram import app as instagram
from inbox.channels.messenger import app as messenger
from inbox.channels.meta import facts as known
from inbox.channels.meta.actions import connecting
from inbox.channels.meta.app import AppClient
from inbox.channels.meta.client import MetaClient, Page
from inbox.channels.meta.connection import (
    GRAPH,
    INSTAGRAM,
    INSTAGRAM_GRAPH,
    MESSENGER,
    client_of,
    has_own_login,
)
from inbox.channels.meta.facts import Facts
from inbox.channels.meta.graph import Graph, GraphError
from inbox.channels.meta.setup import client_of_app
from inbox.models import Channel, ProviderApp

CHECK = "inbox.meta.check"
HUMAN_AGENT = "human_agent"  # among what Meta's review has approved, where it lists it


def enqueue_all() -> int:
    """Beat, once a day: every page and account of every workspace. By this right outside a scope: only ids are read."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL, [[MESSENGER, INSTAGRAM]])
        rows = list(cursor.fetchall())
    day = f"{timezone.now():%Y%m%d}"
    for pk, workspace in rows:
        work.enqueue(
            kind=CHECK,
            lane=f"channel:{pk}",
            payload={"channel": pk},
            correlation=f"{pk}:{day}",
            workspace=workspace,
        )
    return len(rows)


_ALL = "SELECT id, workspace_id FROM inbox_channel WHERE kind = ANY(%s) AND removed_at IS NULL ORDER BY id"


def deliver(item: Item) -> Receipt:
    """One check. Asking twice changes nothing, and a token that was exchanged is exchanged again in a week."""
    channel = (
        Channel.objects.in_use().select_related("app", "workspace").filter(pk=item.payload["channel"]).first()
    )
    if channel is None:
        return Receipt("removed")
    refresh(channel)
    return Receipt()


def refresh(channel: Channel) -> None:
    """What Meta says now, kept. Raises DeliveryError."""
    try:
        if known.is_due(channel):
            _exchange(channel)
        found = facts_of(channel)
    except GraphError as error:
        if error.disconnects:
            health.lose_token(channel, problem=str(error))
        else:
            _tell_anyway(channel)
        raise
    connecting.note_facts(channel, found)


def facts_of(channel: Channel) -> Facts:
    """Raises GraphError."""
    client = client_of(channel)
    if has_own_login(channel):
        return Facts(client.account(), ends_at=known.ends_at(channel))
    assert channel.app is not None
    return page_facts(channel.app, client, wanted=scopes_of(channel.kind))


def page_facts(
    app: ProviderApp, client: MetaClient, *, wanted: tuple[str, ...], page: Page | None = None
) -> Facts:
    """Of a page's token. Raises GraphError."""
    asking = client_of_app(GRAPH, app)
    told = asking.token_facts(client.graph.token)
    ends = datetime.fromtimestamp(told.expires_at, UTC) if told.expires_at > 0 else None
    return Facts(page or client.page(), ends, told.missing(wanted), _approved(asking))


def own_facts(token: str) -> Facts:
    """Of a token of Instagram login. Nobody says when it ends: sixty days is the most that it can have."""
    page = MetaClient(Graph(INSTAGRAM_GRAPH, token)).account()
    return Facts(page, ends_at=timezone.now() + known.OWN_LIFE)


def scopes_of(kind: str) -> tuple[str, ...]:
    return instagram.SCOPES if kind == INSTAGRAM else messenger.SCOPES


def _exchange(channel: Channel) -> None:
    old = channel.secrets.get("token", "")
    fresh = client_of(channel).refresh()
    ends = timezone.now() + timedelta(seconds=fresh.seconds or known.OWN_LIFE.total_seconds())
    connecting.keep_fresh(channel, old=old, token=fresh.token, ends_at=ends)


def _tell_anyway(channel: Channel) -> None:
    """That a token is about to end does not wait until Meta answers."""
    with scope(channel.workspace_id):
        if channel.is_usable and (problem := known.worry(channel)):
            health.trouble(channel, problem=problem)


def _approved(asking: AppClient) -> bool | None:
    try:
        return True if HUMAN_AGENT in asking.approved() else None
    except GraphError:
        return None  # not every app may ask


KIND = work.Kind(CHECK, deliver=deliver, idempotent=True, max_attempts=6, batch=2, parallel=1, queue="now")
