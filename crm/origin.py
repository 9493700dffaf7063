"""Where the current act comes from: kind, address, browser. For the audit and events only, never for deciding.

The middleware sets it for a request; workers and commands may enter `acting(Origin(kind="…"))`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


@dataclass(frozen=True)
class Origin:
    kind: str = "system"  # web, system, operator; later api, import, channel, …
    ip: str | None = None
    user_agent: str = ""


_NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("cauce_origin", default=_NOWHERE)


def current() -> Origin:
    return _current.get()


@contextmanager
def acting(origin: Origin) -> Iterator[None]:
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


class Middleware:
    """Set the origin of a request's acts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        agent = request.headers.get("User-Agent", "")[:200]
        with acting(Origin(kind="web", ip=client_ip(request), user_agent=agent)):
            return self.get_response(request)


def client_ip(request: HttpRequest) -> str | None:
    """The client's address: the one that the outermost trusted proxy saw.

    Each of `TRUSTED_PROXIES` proxies appends to X-Forwarded-For what it sees; whatever stands further left was written
    by a stranger and is ignored.
    """
    remote = request.META.get("REMOTE_ADDR") or None
    if not settings.TRUSTED_PROXIES:
        return remote
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if len(hops) < settings.TRUSTED_PROXIES:
        return remote
    return hops[-settings.TRUSTED_PROXIES]
