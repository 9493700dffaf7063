from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "crm.work"
    label = "work"
