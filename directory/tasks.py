"""Shells."""

from celery import shared_task

from directory import tallies


@shared_task(acks_late=False)
def fold_tallies() -> None:
    tallies.fold()


@shared_task(acks_late=False)
def recount_tallies() -> None:
    tallies.recount()
