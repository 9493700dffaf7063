from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "crm.jobs"
    label = "jobs"

    def ready(self) -> None:
        from crm import schedule, work
        from crm.jobs import running
        from crm.ui import rail

        work.register_kind(running.KIND)
        rail.register_person(rail.Entry("jobs", _("Background tasks"), "loader", "jobs:list", order=50))
        schedule.every("jobs.sweep", seconds=300, task="crm.jobs.tasks.sweep", queue="bulk")
