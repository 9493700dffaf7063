from django.apps import AppConfig
from django.conf import settings

from crm import schedule


class WorkConfig(AppConfig):
    name = "crm.work"
    label = "work"

    def ready(self) -> None:
        import crm.celery  # noqa: F401 - in every process: else shared tasks are sent by Celery's default app, nowhere

        schedule.every("work.sweep", seconds=settings.SWEEP_SECONDS, task="crm.work.tasks.sweep")
        schedule.daily("work.purge", at="03:10", task="crm.work.tasks.purge")
