"""Shells."""

from celery import shared_task

from workspaces import deletion


@shared_task(acks_late=False)
def sweep_deletions() -> None:
    deletion.sweep()
