"""Guards past their end go."""

from celery import shared_task

from crm.limits.models import Entry

BATCH = 5_000


@shared_task
def sweep() -> None:
    """Deletes in batches until little is left, so that no lock is held for long."""
    while Entry.objects.sweep(BATCH) == BATCH:
        pass
