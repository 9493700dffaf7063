"""What a page needs to listen: a token and addresses, as attributes of its body."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from crm.live import audience, tokens, topics

SHARED_FOR = (
    60_000  # milliseconds: a page's token may be so old, and is good for that much less than its lifetime
)


def page_attributes(request: HttpRequest, extra: Iterable[str] = ()) -> dict[str, str]:
    """Attributes for `<body>`; none outside a workspace. `extra`: topics beside those every page listens to.

    Queries nothing. static/js/live.js reads them.
    """
    listener = _listener(request, tuple(extra))
    if listener is None:
        return {}
    now = tokens.now_ms()
    attributes = {**_sealed(listener, now // SHARED_FOR), "data-live-since": str(now)}
    if settings.LIVE_PORT:
        attributes["data-live-port"] = str(settings.LIVE_PORT)
    return attributes


def pass_for(request: HttpRequest, extra: Iterable[str] = ()) -> tokens.Pass | None:
    """The pass of this request's person; None where there is no membership or no session."""
    listener = _listener(request, tuple(extra))
    return _pass(listener) if listener else None


class Listener(NamedTuple):
    """All that a page's token depends on, but the time. `standing` is a digest of what decides: see audience."""

    session_key: str
    user: int
    workspace: int
    public_id: str
    membership: int
    standing: bytes
    topics: tuple[str, ...]
    extra: tuple[str, ...]


def _listener(request: HttpRequest, extra: tuple[str, ...]) -> Listener | None:
    membership: Any = getattr(request, "membership", None)
    session_key = request.session.session_key if hasattr(request, "session") else None
    if membership is None or not session_key:
        return None
    return Listener(
        session_key=session_key,
        user=membership.user_id,
        workspace=membership.workspace_id,
        public_id=membership.workspace.public_id,
        membership=membership.pk,
        standing=audience.standing_of(membership),
        topics=topics.authorised(membership, [*topics.offered(membership), *extra]),
        extra=extra,
    )


def _pass(listener: Listener) -> tokens.Pass:
    return tokens.Pass(
        user=listener.user,
        session=tokens.session_mark(listener.session_key),
        workspace=listener.workspace,
        membership=listener.membership,
        mark=audience.keyed(listener.standing),
        topics=listener.topics,
        issued=tokens.now_ms(),
    )


@lru_cache(maxsize=1024)
def _sealed(listener: Listener, period: int) -> Mapping[str, str]:
    """Attributes that all pages of one listener share within a period: to sign them anew for each page costs as much
    as a query. A token is judged when its stream connects, whenever it was made, so this takes nothing from that."""
    held = _pass(listener)
    return MappingProxyType(
        {
            "data-live-token": tokens.seal(held),
            "data-live-key": _key(held),
            "data-live-renew": _renewal(listener.public_id, listener.extra),
            "data-live-path": settings.LIVE_PATH + "stream",
            "data-live-worker": static("js/live-worker.js"),
        }
    )


def _renewal(public_id: str, extra: tuple[str, ...]) -> str:
    address = reverse("live:token", kwargs={"workspace_id": public_id})
    return f"{address}?{urlencode({'topic': extra}, doseq=True)}" if extra else address


def _key(held: tokens.Pass) -> str:
    """Pages with the same key share a stream: same session, same standing, same topics."""
    same = repr((held.session, held.membership, held.mark, held.topics))
    return hashlib.sha256(same.encode()).hexdigest()[:16]
