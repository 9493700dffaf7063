"""Shells."""

from celery import shared_task
from django.core.management import call_command

from workspaces.actions import shifts
from workspaces.portability import deletion


@shared_task(acks_late=False)
def sweep_deletions() -> None:
    deletion.sweep()


@shared_task(acks_late=False)
def turn_shifts() -> None:
    shifts.sweep()


@shared_task(acks_late=False)
def clear_sessions() -> None:
    """Sessions that have expired; Django leaves them where they are."""
    call_command("clearsessions")
