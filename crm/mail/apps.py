from django.apps import AppConfig

from crm import schedule, work


class MailConfig(AppConfig):
    name = "crm.mail"
    label = "mail"

    def ready(self) -> None:
        from crm.mail.delivery import kind

        work.register_kind(kind())
        schedule.daily("mail.purge", at="03:20", task="crm.mail.tasks.purge")
