"""Shells."""

from celery import shared_task

from crm import nudge
from crm.work import sweeps

# A run ends by itself after 20 s and a batch; this ends one whose provider drips its answer for ever.
SOFT_LIMIT = 300


@shared_task(acks_late=False, soft_time_limit=SOFT_LIMIT)
def drain(queue: str) -> None:
    from crm.work import runs

    nudge.arrived(drain, queue)
    runs.run(queue)


@shared_task(acks_late=False)
def sweep() -> None:
    sweeps.end_expired_leases()
    for queue in sweeps.queues_with_due_rows():
        nudge.now(drain, queue, queue=queue)


@shared_task(acks_late=False)
def purge() -> None:
    sweeps.purge()
