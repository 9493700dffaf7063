"""Sending: a few bytes into Redis when the transaction commits. May be lost; says so to the listeners when
it can.

Channels are not kept apart by Redis' database numbers, so ours carry the number: two installations on one
server, each with its own number, do not hear each other.
"""

from __future__ import annotations

import json
import logging
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from crm.live.tokens import session_mark
from crm.nudge import Breaker

log = logging.getLogger(__name__)

MAX_BYTES = 512  # a signal names things; whatever is longer is somebody's text
LOST = "live.lost"  # the counter of signals that did not leave, see crm.work.models.Counter


def signal(topic: str, kind: str, **ids: int | str) -> None:
    """Tell who listens to `topic` that something of `kind` changed; on commit. `ids` name it.

    Pages hear `live:<kind>`, and `live:<kind>:<id>` where `id` is given. Never raises; takes 200 ms
    at most when Redis is down, and for some seconds after a failure nothing is tried at all.
    """
    text = json.dumps({"topic": topic, "kind": kind, "ids": ids}, separators=(",", ":"))
    if len(text) > MAX_BYTES:
        log.error("A live signal is too large", extra={"fields": {"kind": kind, "bytes": len(text)}})
        return
    transaction.on_commit(lambda: publisher.send(f"topic:{topic}", text), robust=True)


def end(
    *,
    user_id: int | None = None,
    workspace_id: int | None = None,
    membership_id: int | None = None,
    session_key: str | None = None,
) -> None:
    """End, on commit, the streams that match everything given (at least one). Their pages load anew.

    For removal, suspension, a changed role and log-out elsewhere. A lost message is made up for by the live
    process, which asks the database every 30 seconds.
    """
    wanted = {
        "user": user_id,
        "workspace": workspace_id,
        "membership": membership_id,
        "session": session_mark(session_key) if session_key else None,
    }
    match = {field: value for field, value in wanted.items() if value is not None}
    if not match:
        raise ValueError("Say whose streams end")
    transaction.on_commit(lambda: publisher.send("control", json.dumps({"end": match})), robust=True)


def channel_prefix() -> str:
    """Before every channel: `cauce:<database number>:live:`."""
    options: dict[str, Any] = redis.connection.parse_url(settings.REDIS_URL)  # type: ignore[no-untyped-call]
    return f"cauce:{options.get('db', 0)}:live:"


class Publisher:
    """Sends, or counts what it could not send and tells the listeners of the gap when it can again."""

    def __init__(self) -> None:
        self.breaker = Breaker()
        self._gap = False

    def send(self, channel: str, text: str) -> None:
        if not self.breaker.allows():
            self._gap = True
            return
        prefix = channel_prefix()
        try:
            if self._gap:
                _client().publish(prefix + "control", json.dumps({"refresh": True}))
                self._gap = False
            _client().publish(prefix + channel, text)
        except (redis.RedisError, OSError):
            self._gap = True
            _count(self.breaker.failed())
        else:
            _count(self.breaker.succeeded())


publisher = Publisher()


def _count(lost: int) -> None:
    if lost:
        from crm.work.models import Counter

        Counter.objects.add(LOST, lost)


def connection() -> Any:
    """Redis as a request may use it: answers within REDIS_TIMEOUT, or raises redis.RedisError or OSError."""
    return _client()


@cache
def _client() -> Any:
    # One more try only where the connection was refused or broken: a pooled one is, after a restart of Redis.
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT,
        socket_connect_timeout=settings.REDIS_TIMEOUT,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    )
