"""Nudges: "look now, there is work". Never needed, since sweeps look anyway; they only make it soon.

A nudge may cost the caller 200 ms at most, once: after a failure the breaker stays open for some seconds in which
nudges are not even tried, so that a hundred requests beside a dead Redis lose 200 ms together and not each. What was
lost is counted, in the database, where the operator sees it.
"""

import threading
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import redis
from celery.exceptions import CeleryError
from django.conf import settings
from django.db import transaction
from kombu.exceptions import KombuError
from redis.backoff import NoBackoff
from redis.retry import Retry

if TYPE_CHECKING:
    from celery import Task

LOST = "nudges.lost"  # the counter's name, see crm.work.models.Counter
OPEN_SECONDS = 5.0  # how long the breaker stays open
PENDING_SECONDS = 3  # how long a nudge may keep later ones of its name from being sent

_FAILURES = (OSError, redis.RedisError, KombuError, CeleryError)


class Breaker:
    """Lets one caller try when it is closed, or when it has been open for `OPEN_SECONDS`; counts what was lost."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed_again = 0.0  # monotonic seconds; before it nobody tries
        self._broken = False
        self._lost = 0

    def allows(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now < self._closed_again:
                self._lost += 1
                return False
            if self._broken:  # this caller is the probe: the others go on skipping until it has reported
                self._closed_again = now + OPEN_SECONDS
            return True

    def failed(self) -> int:
        """Opens the breaker; returns how many nudges were lost since the last report."""
        with self._lock:
            self._closed_again = time.monotonic() + OPEN_SECONDS
            self._broken = True
            lost, self._lost = self._lost + 1, 0
            return lost

    def succeeded(self) -> int:
        """Closes the breaker; returns how many nudges were lost since the last report."""
        if not self._broken:  # the common case, without the lock
            return 0
        with self._lock:
            self._closed_again, self._broken = 0.0, False
            lost, self._lost = self._lost, 0
            return lost


breaker = Breaker()


def on_commit(task: "Task", *args: Any, queue: str = "now") -> None:
    """Nudges `task(*args)` once when the caller's transaction commits, however often it was asked for in it."""
    connection = transaction.get_connection()
    follow_up = _follow_up(task, args, queue)
    if not any(waiting is follow_up for _, waiting, _ in connection.run_on_commit):
        transaction.on_commit(follow_up, robust=True)


def now(task: "Task", *args: Any, queue: str = "now", countdown: float | None = None) -> bool:
    """Nudges at once, unless one of the same name waits already. False: lost, and counted."""

    def attempt() -> None:
        if _take(_name(task, args, countdown), countdown or 0):
            _publish(task, args, {}, queue, countdown)

    return _guarded(attempt)


def send(task: "Task", args: Sequence[Any], kwargs: dict[str, Any], *, queue: str = "now") -> bool:
    """Sends a task's message, every one of them. False: lost, and counted."""

    def attempt() -> None:
        _redis().ping()
        _publish(task, args, kwargs, queue, None)

    return _guarded(attempt)


def arrived(task: "Task", *args: Any) -> None:
    """Called by the nudged task before it looks, so that what is committed from here on nudges anew."""
    try:
        _redis().delete(_name(task, args, None), _name(task, args, 1.0))
    except redis.RedisError:
        return  # the mark goes away by itself, in PENDING_SECONDS


@cache
def _follow_up(task: "Task", args: tuple[Any, ...], queue: str) -> Any:
    return partial(now, task, *args, queue=queue)


def _guarded(attempt: Callable[[], None]) -> bool:
    if not breaker.allows():
        return False
    try:
        attempt()
    except _FAILURES:
        _report(breaker.failed())
        return False
    _report(breaker.succeeded())
    return True


def _publish(
    task: "Task", args: Sequence[Any], kwargs: dict[str, Any], queue: str, countdown: float | None
) -> None:
    task.apply_async(args, kwargs, queue=queue, countdown=countdown, retry=False, ignore_result=True)


def _take(name: str, countdown: float) -> bool:
    """True for the one who shall send. It is also the probe: it answers, or fails, within 200 ms."""
    return bool(_redis().set(name, 1, nx=True, px=int(1000 * (countdown + PENDING_SECONDS))))


def _name(task: "Task", args: Sequence[Any], countdown: float | None) -> str:
    return ":".join(["cauce", "later" if countdown else "nudge", task.name, *map(str, args)])


def _report(lost: int) -> None:
    if lost:
        from crm.work.models import Counter

        Counter.objects.add(LOST, lost)


@cache
def _redis() -> redis.Redis:
    """One retry, for a connection that the server has closed meanwhile; none after a time-out."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT,
        socket_connect_timeout=settings.REDIS_TIMEOUT,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    )
