from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "crm.live"
    label = "live"
