from django.apps import AppConfig

from crm import work


class PushConfig(AppConfig):
    name = "crm.push"
    label = "push"

    def ready(self) -> None:
        from crm.push.sending import KIND

        work.register_kind(KIND)
