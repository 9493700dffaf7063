"""Shells."""

from celery import shared_task

from directory import tallies


@shared_task(acks_late=False)
def fold_tallies() -> None:
    tallies.fold()


@shared_task(acks_late=False)
def recount_tallies() -> None:
    tallies.recount()


@shared_task(acks_late=False)
def push_notifications() -> None:
    from directory.notifications import pushing

    pushing.sweep()


@shared_task(acks_late=False)
def send_digests() -> None:
    from directory.notifications import digests

    digests.sweep()


@shared_task(acks_late=False)
def forget_notifications() -> None:
    from directory.actions import notifications

    notifications.forget_old()


@shared_task(acks_late=False)
def settle_bulk_acts() -> None:
    from directory.bulk import sweeping

    sweeping.settle_ended()


@shared_task(acks_late=False)
def forget_bulk_acts() -> None:
    from directory.bulk import sweeping

    sweeping.forget_old()


@shared_task(acks_late=False)
def forget_imports() -> None:
    from directory.importing import keeping

    keeping.sweep()


@shared_task(acks_late=False)
def forget_merges() -> None:
    from directory.merging import forgetting

    forgetting.sweep()
