"""Shells."""

from celery import shared_task

from crm import nudge
from crm.tenancy import scope


@shared_task(acks_late=False)
def split_webhooks() -> None:
    from inbox.journal import splitting

    nudge.arrived(split_webhooks)
    splitting.run()


@shared_task(acks_late=False)
def hand_out(workspace_id: int) -> None:
    from inbox.assignment import queue

    nudge.arrived(hand_out, workspace_id)
    with scope(workspace_id):
        queue.hand_out(workspace_id)


@shared_task(acks_late=False)
def sweep_assignment() -> None:
    from inbox.assignment import giving_on, queue

    queue.sweep()
    giving_on.sweep()


@shared_task(acks_late=False)
def purge_decisions() -> None:
    from inbox.assignment import keeping

    keeping.purge()


@shared_task(acks_late=False)
def purge_journal() -> None:
    from inbox import forgetting
    from inbox.fetching import orphans
    from inbox.intake import waiting
    from inbox.journal import keeping

    keeping.purge()
    waiting.sweep()
    forgetting.sweep()
    while orphans.sweep():
        pass


@shared_task(acks_late=False)
def raise_floors() -> None:
    from inbox.actions import floors

    floors.raise_all()


@shared_task(acks_late=False)
def check_meta() -> None:
    from inbox.channels.meta import checking

    checking.enqueue_all()
