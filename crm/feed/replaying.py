"""Rows that failed: tried again, replayed, discarded."""

from django.db import transaction
from django.db.models.functions import Now

from crm import nudge
from crm.feed import consumers, reading
from crm.feed.consumers import Consumer
from crm.feed.models import ATTEMPTS, ParkedRow
from crm.feed.reading import Position


def retry_due(consumer: Consumer) -> int:
    """Tries the subjects again whose first row is due; returns how many rows were handled."""
    due = ParkedRow.objects.due().filter(consumer=consumer.name).order_by("retry_at")
    return sum(retry_subject(consumer, key) for key in list(due.values_list("subject_key", flat=True)[:100]))


def retry_subject(consumer: Consumer, subject_key: str) -> int:
    """Handles a subject's waiting rows in order until one fails; returns how many were handled.

    The cursor is locked, so that no newer row of the subject is handled, or put in line, meanwhile. A row that fails
    for the fifth time is parked: it is not due again until somebody decides.
    """
    handled = 0
    with transaction.atomic(durable=True):
        reading.lock(consumer, wait=True)
        waiting = list(ParkedRow.objects.of(consumer.name, subject_key)[: consumer.batch])
        if not waiting or waiting[0].is_parked:
            return 0
        rows = reading.load(consumer, [_position(parked) for parked in waiting])
        for parked in waiting:
            row = rows.get(parked.row_id)
            error = reading.handle(consumer, row, parked.workspace_id) if row else None
            if error is not None:
                _failed(consumer, parked, error)
                return handled
            parked.delete()
            handled += 1
        _wake_next(consumer.name, subject_key)
    return handled


def replay(parked: ParkedRow) -> bool:
    """An operator has a parked row tried again, and then the rows of its subject behind it. A worker does it."""
    with transaction.atomic():
        changed = ParkedRow.objects.filter(pk=parked.pk, attempts__gte=ATTEMPTS).update(
            attempts=1, retry_at=Now()
        )
        _nudge(parked.consumer)
    return bool(changed)


def discard(parked: ParkedRow) -> bool:
    """An operator gives a row up for its consumer; the subject's later rows go on."""
    with transaction.atomic():
        reading.lock(consumers.get(parked.consumer), wait=True)
        deleted, _ = ParkedRow.objects.filter(pk=parked.pk).delete()
        _wake_next(parked.consumer, parked.subject_key)
        _nudge(parked.consumer)
    return bool(deleted)


def _failed(consumer: Consumer, parked: ParkedRow, error: Exception) -> None:
    attempts = parked.attempts + 1
    again = attempts < ATTEMPTS
    ParkedRow.objects.filter(pk=parked.pk).update(
        attempts=attempts,
        error=reading.describe(error),
        retry_at=Now() + reading.pause(consumer, attempts) if again else None,
    )


def _wake_next(consumer: str, subject_key: str) -> None:
    """The subject's first row is due now, unless it is parked or has a time of its own."""
    first = ParkedRow.objects.of(consumer, subject_key).first()
    if first and not first.is_parked and first.retry_at is None:
        ParkedRow.objects.filter(pk=first.pk).update(retry_at=Now())


def _position(parked: ParkedRow) -> Position:
    return Position(parked.xid, parked.row_id, parked.workspace_id)


def _nudge(consumer: str) -> None:
    from crm.feed.tasks import consume

    nudge.on_commit(consume, consumer)
