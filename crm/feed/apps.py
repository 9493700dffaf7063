from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register
from django.db.models.signals import post_migrate

from crm import schedule


class FeedConfig(AppConfig):
    name = "crm.feed"
    label = "feed"

    def ready(self) -> None:
        from crm.feed.checks import check_index

        register(check_index)
        schedule.every("feed.sweep", seconds=settings.SWEEP_SECONDS, task="crm.feed.tasks.sweep")
        post_migrate.connect(begin_and_realign, sender=self)


def begin_and_realign(apps: Any = None, **kwargs: Any) -> None:
    """After `migrate` (and `flush`, which names no apps): a restored cluster's ids are put in order, and new
    consumers begin where they want to."""
    from crm.feed import consumers, reading, shifting

    try:
        if apps is not None:
            apps.get_model("feed", "Shift")
    except LookupError:  # migrated backwards, past our own tables
        return
    shifting.realign()
    for consumer in consumers.all_consumers():
        reading.begin(consumer)
