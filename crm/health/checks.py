"""What readiness means for the house: PostgreSQL, Redis, migrations, workers and beat."""

from __future__ import annotations

import time

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from redis.backoff import NoBackoff
from redis.retry import Retry

from crm.health.models import Heartbeat
from crm.health.registry import NotReady

LOST_AFTER = 60  # seconds without a sign of life
RECHECK = 5.0  # seconds until migrations that were missing are looked at again

_migrations: dict[str, float | bool] = {"applied": False, "looked": float("-inf")}


def database() -> None:
    """One round trip, and not to a standby: everything here writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        if cursor.fetchone()[0]:
            raise NotReady("read only")


def redis_answers() -> None:
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT,
        socket_connect_timeout=settings.REDIS_TIMEOUT,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        client.ping()
    finally:
        client.close()


def migrations() -> None:
    """All that this code needs. Once true it stays true for this process, whose code does not change."""
    if _migrations["applied"]:
        return
    if time.monotonic() - _migrations["looked"] > RECHECK:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        _migrations.update(applied=not missing, looked=time.monotonic())
    if not _migrations["applied"]:
        raise NotReady("migrations are missing")


def now() -> str:
    return _alive("now")


def bulk() -> str:
    return _alive("bulk")


def beat() -> str:
    return _alive("beat")


def _alive(process: str) -> str:
    age = Heartbeat.objects.age(process)
    if age is None:
        raise NotReady("never seen")
    if age > LOST_AFTER:
        raise NotReady(f"last seen {age:.0f} s ago")
    return f"seen {age:.0f} s ago"
