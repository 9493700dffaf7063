"""What finds the rows that no nudge has told of, and those whose attempt never reported."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from crm.work import kinds
from crm.work.attempts import changes, tell
from crm.work.kinds import DeliveryError
from crm.work.models import Item, State

logger = logging.getLogger(__name__)

BATCH = 500
FAILED_DAYS = 180  # what failed and was never discarded


def queues_with_due_rows() -> list[str]:
    """The queues in which something could be claimed now, as far as the due times say."""
    due = Item.objects.due()
    return [queue for queue in kinds.QUEUES if due.filter(kind__in=kinds.names(queue)).exists()]


def end_expired_leases() -> int:
    """Gives up attempts that have not reported in time; returns how many.

    The worker may have died before, during or after it spoke to the provider, so the outcome is unknown. An idempotent
    kind tries again; any other waits for `settle` or for a person.
    """
    ended = 0
    while batch := _end_some():
        ended += batch
    return ended


def purge() -> int:
    """Deletes what was sent or discarded WORK_KEEP_DAYS ago, and what failed half a year ago."""
    kept = {
        State.SENT: settings.WORK_KEEP_DAYS,
        State.DISCARDED: settings.WORK_KEEP_DAYS,
        State.FAILED: FAILED_DAYS,
    }
    deleted = 0
    for state, days in kept.items():
        old = Item.objects.filter(state=state, finished_at__lt=Now() - timedelta(days=days))
        while count := Item.objects.filter(
            pk__in=list(old.values_list("pk", flat=True)[: BATCH * 4])
        ).delete()[0]:
            deleted += count
    return deleted


@transaction.atomic
def _end_some() -> int:
    expired = list(Item.objects.expired().select_for_update(skip_locked=True).order_by("lease_until")[:BATCH])
    for item in expired:
        kind = kinds.find(item.kind)
        silence = DeliveryError("The worker did not report in time.", unknown=True, code="lease")
        columns = changes(kind, item, silence) if kind else {"state": State.UNKNOWN, "error_code": "lease"}
        Item.objects.filter(pk=item.pk).update(lease_until=None, **columns)
        item.refresh_from_db()
        if kind:
            tell(kind, item)
        logger.warning("A lease ended", extra={"kind": item.kind, "item": item.pk, "state": item.state})
    return len(expired)
