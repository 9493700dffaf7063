"""Shells."""

from celery import shared_task

from crm.jobs import results


@shared_task(acks_late=False)
def sweep() -> None:
    results.sweep()
