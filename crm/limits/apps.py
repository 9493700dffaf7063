from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "crm.limits"
    label = "limits"
