"""Telegram as a provider of webhooks: it knows us by a secret in a header. There is no signature and no handshake."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden

from inbox.channels.providers import Provider
from inbox.channels.telegram.actions import accounts
from inbox.channels.telegram.connection import ACCOUNT, BOT, PROVIDER
from inbox.channels.telegram.parsing import parse
from inbox.models import ProviderApp

HEADER = "X-Telegram-Bot-Api-Secret-Token"


def challenge(app: ProviderApp, request: HttpRequest) -> HttpResponse:
    """Telegram asks nothing."""
    return HttpResponseForbidden(content_type="text/plain")


def verify(app: ProviderApp, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the header is the app's secret; or the next one, while Telegram is being told of it."""
    given = headers.get(HEADER, "").encode("utf-8", "replace")
    wanted = [app.secrets.get(name, "") for name in ("secret", "next")]
    same = [hmac.compare_digest(secret.encode(), given) for secret in wanted if secret]
    return any(same)


TELEGRAM = Provider(
    key=PROVIDER,
    challenge=challenge,
    verify=verify,
    parse=parse,
    kinds=(BOT, ACCOUNT),
    same_people=True,
    unknown=accounts.ask_about,
)
