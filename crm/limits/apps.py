from django.apps import AppConfig

from crm import schedule


class LimitsConfig(AppConfig):
    name = "crm.limits"
    label = "limits"

    def ready(self) -> None:
        schedule.every("limits.sweep", seconds=600, task="crm.limits.tasks.sweep", queue="bulk")
