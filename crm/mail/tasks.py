"""Shells."""

from celery import shared_task

from crm.mail import delivery


@shared_task(acks_late=False)
def purge() -> None:
    delivery.purge()
