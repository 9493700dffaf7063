from django.apps import AppConfig
from django.conf import settings

from crm import schedule


class WorkConfig(AppConfig):
    name = "crm.work"
    label = "work"

    def ready(self) -> None:
        schedule.every("work.sweep", seconds=settings.SWEEP_SECONDS, task="crm.work.tasks.sweep")
        schedule.daily("work.purge", at="03:10", task="crm.work.tasks.purge")
