"""Shells."""

from celery import shared_task

from crm import nudge
from crm.feed import consumers, reading


@shared_task(acks_late=False)
def consume(name: str) -> None:
    nudge.arrived(consume, name)
    reading.run(name)


@shared_task(acks_late=False)
def sweep() -> None:
    for consumer in consumers.all_consumers():
        nudge.now(consume, consumer.name)
