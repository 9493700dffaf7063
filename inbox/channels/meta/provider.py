"""Meta as a provider of webhooks: its handshake and its signature. What is in them, `plugs` puts together.

Source: developers.facebook.com/docs/graph-api/webhooks/getting-started.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden

from inbox.models import ProviderApp

SIGNATURE = "X-Hub-Signature-256"


def challenge(app: ProviderApp, request: HttpRequest) -> HttpResponse:
    """Echoes the challenge to whoever knows our verify token. As plain text: it is a stranger's word."""
    wanted = app.secrets.get("verify_token", "")
    given = request.GET.get("hub.verify_token", "")
    if request.GET.get("hub.mode") != "subscribe" or not _same(wanted, given):
        return HttpResponseForbidden(content_type="text/plain")
    return HttpResponse(request.GET.get("hub.challenge", "")[:1000], content_type="text/plain")


def verify(app: ProviderApp, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the raw bytes are signed with the app's secret: `sha256=<hex of HMAC-SHA256>`."""
    secret = app.secrets.get("app_secret", "")
    given = headers.get(SIGNATURE, "")
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return _same(wanted, given) if secret else False


def _same(wanted: str, given: str) -> bool:
    return bool(wanted) and hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))
