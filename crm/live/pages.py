"""What a page needs to listen: a token and addresses, as attributes of its body."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from crm.live import audience, tokens, topics


def page_attributes(request: HttpRequest, extra: Iterable[str] = ()) -> dict[str, str]:
    """Attributes for `<body>`; none outside a workspace. `extra`: topics beside those every page listens to.

    Queries nothing. static/js/live.js reads them.
    """
    extra = list(extra)
    held = pass_for(request, extra)
    if held is None:
        return {}
    membership: Any = request.membership  # type: ignore[attr-defined]
    attributes = {
        "data-live-token": tokens.seal(held),
        "data-live-since": str(held.issued),
        "data-live-key": _key(held),
        "data-live-renew": _renewal(membership.workspace.public_id, extra),
        "data-live-path": settings.LIVE_PATH + "stream",
        "data-live-worker": static("js/live-worker.js"),
    }
    if settings.LIVE_PORT:
        attributes["data-live-port"] = str(settings.LIVE_PORT)
    return attributes


def pass_for(request: HttpRequest, extra: Iterable[str] = ()) -> tokens.Pass | None:
    """The pass of this request's person; None where there is no membership or no session."""
    membership: Any = getattr(request, "membership", None)
    session_key = request.session.session_key if hasattr(request, "session") else None
    if membership is None or not session_key:
        return None
    return tokens.Pass(
        user=membership.user_id,
        session=tokens.session_mark(session_key),
        workspace=membership.workspace_id,
        membership=membership.pk,
        mark=audience.mark_of(membership),
        topics=topics.authorised(membership, [*topics.offered(membership), *extra]),
        issued=tokens.now_ms(),
    )


def _renewal(public_id: str, extra: list[str]) -> str:
    address = reverse("live:token", kwargs={"workspace_id": public_id})
    return f"{address}?{urlencode({'topic': extra}, doseq=True)}" if extra else address


def _key(held: tokens.Pass) -> str:
    """Pages with the same key share a stream: same session, same standing, same topics."""
    same = repr((held.session, held.membership, held.mark, held.topics))
    return hashlib.sha256(same.encode()).hexdigest()[:16]
