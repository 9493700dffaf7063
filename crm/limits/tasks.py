"""Guards past their end go."""

from crm.celery import app
from crm.limits.models import Entry

BATCH = 5_000


@app.task
def sweep() -> None:
    """Deletes in batches until little is left, so that no lock is held for long."""
    while Entry.objects.sweep(BATCH) == BATCH:
        pass
