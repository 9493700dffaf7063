"""What beat sends and how often. An app adds its own from `AppConfig.ready()`:

    schedule.every("work.sweep", seconds=5, task="crm.work.tasks.sweep")
    schedule.daily("work.purge", at="03:10", task="crm.work.tasks.purge", queue="bulk")

A message that no worker took before the next one is due expires, so that a worker which was away for an hour finds
one sweep and not seven hundred.
"""

from collections.abc import Sequence
from typing import Any

from celery.schedules import crontab

ENTRIES: dict[str, dict[str, Any]] = {}

_DAILY_EXPIRY = 6 * 60 * 60


class AlreadyScheduled(ValueError):
    """Two apps used one name."""


def every(name: str, *, seconds: float, task: str, args: Sequence[Any] = (), queue: str = "now") -> None:
    """Sends `task` every so many seconds."""
    _add(name, seconds, task, args, queue, expires=max(seconds, 1))


def daily(name: str, *, at: str, task: str, args: Sequence[Any] = (), queue: str = "bulk") -> None:
    """Sends `task` once a day at `at`, "HH:MM" in UTC."""
    hour, minute = at.split(":")
    _add(name, crontab(hour=hour, minute=minute), task, args, queue, expires=_DAILY_EXPIRY)


def _add(name: str, when: Any, task: str, args: Sequence[Any], queue: str, expires: float) -> None:
    entry = {
        "task": task,
        "schedule": when,
        "args": tuple(args),
        "options": {"queue": queue, "expires": expires},
    }
    if ENTRIES.setdefault(name, entry)["task"] != task:
        raise AlreadyScheduled(f"{name!r} is already scheduled as {ENTRIES[name]['task']}.")
