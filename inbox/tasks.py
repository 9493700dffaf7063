"""Shells."""

from celery import shared_task

from crm import nudge


@shared_task(acks_late=False)
def split_webhooks() -> None:
    from inbox.journal import splitting

    nudge.arrived(split_webhooks)
    splitting.run()


@shared_task(acks_late=False)
def purge_journal() -> None:
    from inbox.fetching import orphans
    from inbox.intake import waiting
    from inbox.journal import keeping

    keeping.purge()
    waiting.sweep()
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
