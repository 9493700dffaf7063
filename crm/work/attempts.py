"""One attempt: from claimed to sent, retry, failed or unknown."""

import logging
import random
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any, TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from crm import prepared
from crm.tenancy import scope
from crm.work.claims import Batch
from crm.work.kinds import DeliveryError, Kind, Receipt
from crm.work.models import Item, State
from crm.work.models.item import IN_FLIGHT

logger = logging.getLogger(__name__)
T = TypeVar("T")

PARKED_SECONDS = 60.0  # what a lane waits when its provider named no time


def deliver(batch: Batch) -> int:
    """Delivers a claimed batch, row after row; returns how many attempts were made.

    1. Rows for which less than half of the lease is left are put back untouched: an attempt is never begun that may
       outlive its lease.
    2. The provider is spoken to with no transaction open.
    3. What came of it is written by one conditional UPDATE on our claim token. Where the database is away at that
       moment, it is tried until the lease ends: the provider has it, and that must not be forgotten lightly.
    4. If the provider refuses the whole lane, the lane is parked and the rest is put back.
    """
    lease = batch.kind.lease.total_seconds()
    began = time.monotonic()
    for done, item in enumerate(batch.items):
        if time.monotonic() - began > lease / 2:
            release(batch, batch.items[done:])
            return done
        outcome = attempt(batch.kind, item)
        deadline = began + lease
        _insist(lambda item=item, outcome=outcome: finish(batch.kind, item, outcome), until=deadline)  # type: ignore[misc]
        if isinstance(outcome, DeliveryError) and outcome.whole_lane:
            item.lane.park(timedelta(seconds=outcome.retry_after or PARKED_SECONDS), str(outcome))
            release(batch, batch.items[done + 1 :])
            return done + 1
    return len(batch.items)


def attempt(kind: Kind, item: Item) -> Receipt | DeliveryError:
    """Speaks to the provider. Every exception but the worker's own end becomes an outcome."""
    try:
        with _scope_of(item):
            return kind.deliver(item)
    except DeliveryError as error:
        return error
    except SoftTimeLimitExceeded:
        raise  # the lease ends, and the row becomes unknown: which it is
    except Exception as error:  # noqa: BLE001 - what a provider's client may raise is not ours to list
        logger.error(
            "An attempt raised an unexpected error",
            extra={
                "kind": kind.name,
                "item": item.pk,
                "error": type(error).__name__,
                "frames": _frames(error),
            },
        )
        return DeliveryError(_describe(error), code=type(error).__name__)


def finish(kind: Kind, item: Item, outcome: Receipt | DeliveryError) -> bool:
    """Writes the outcome. False where the attempt is no longer ours: settled, or given up and made again."""
    with transaction.atomic():
        if not _write(kind, item, outcome):
            return False
        if kind.finished:
            item.refresh_from_db()
            tell(kind, item)
    return True


def _write(kind: Kind, item: Item, outcome: Receipt | DeliveryError) -> bool:
    """Most attempts end well: that is written as SQL, which Django would build anew longer than it takes to run."""
    if isinstance(outcome, Receipt):
        given = {"item": item.pk, "claim": item.claim, "reference": outcome.reference[:200]}
        return bool(prepared.rows(_SENT, given))
    mine = Item.objects.filter(pk=item.pk, claim=item.claim, state__in=IN_FLIGHT)
    return bool(mine.update(lease_until=None, **changes(kind, item, outcome)))


_SENT = """
UPDATE work_item SET state = 'sent', lease_until = NULL, finished_at = statement_timestamp(), reference = %(reference)s,
    error = '', error_code = ''
WHERE id = %(item)s AND claim = %(claim)s AND state IN ('claimed', 'unknown') RETURNING id
"""


def changes(kind: Kind, item: Item, outcome: Receipt | DeliveryError) -> dict[str, Any]:
    """The columns that an outcome sets."""
    if isinstance(outcome, Receipt):
        return {
            "state": State.SENT,
            "reference": outcome.reference[:200],
            "finished_at": Now(),
            "error": "",
            "error_code": "",
        }
    columns: dict[str, Any] = {"error": str(outcome)[:300], "error_code": outcome.code[:60]}
    if outcome.whole_lane:
        return columns | {"state": State.RETRY, "attempts": F("attempts") - 1, "claim": None}
    if outcome.unknown and not kind.is_idempotent(item):
        return columns | {"state": State.UNKNOWN}
    if outcome.permanent or item.attempts >= kind.max_attempts:
        return columns | {"state": State.FAILED, "finished_at": Now()}
    wait = pause(kind, item.attempts)
    if outcome.retry_after is not None:
        wait = max(wait, timedelta(seconds=outcome.retry_after))
    return columns | {"state": State.RETRY, "due_at": Now() + wait, "claim": None}


def pause(kind: Kind, attempts: int) -> timedelta:
    """Doubles with each failed attempt, up to the cap, give or take a quarter so that rows do not return together."""
    doubled: timedelta = kind.backoff * 2 ** min(max(attempts - 1, 0), 30)
    return min(doubled, kind.max_backoff) * random.uniform(0.75, 1.25)  # noqa: S311


def release(batch: Batch, items: list[Item]) -> int:
    """Puts claimed rows back that were not attempted."""
    mine = Item.objects.filter(pk__in=[item.pk for item in items], claim=batch.token, state=State.CLAIMED)
    return mine.update(state=State.RETRY, attempts=F("attempts") - 1, claim=None, lease_until=None)


def tell(kind: Kind, item: Item) -> None:
    """Lets the kind keep its own row in step, in the transaction of the change."""
    if kind.finished and item.state in (State.SENT, State.FAILED, State.UNKNOWN):
        with _scope_of(item):
            kind.finished(item)


def _scope_of(item: Item) -> AbstractContextManager[Any]:
    return scope(item.workspace_id) if item.workspace_id is not None else nullcontext()


def _insist(write: Callable[[], T], *, until: float) -> T:
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if time.monotonic() > until:
                raise
            _reconnect()
            time.sleep(0.5)


def _reconnect() -> None:
    connection.close()


def _describe(error: Exception) -> str:
    """The error's class and where it came from. Not its message: that may quote an address, a token or a body."""
    reason = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__}{reason} in {_frames(error)[-1]}"


def _frames(error: Exception) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.name} ({frame.filename.rsplit('/', 1)[-1]}:{frame.lineno})" for frame in frames[-6:]]
