from django.apps import AppConfig


class UIConfig(AppConfig):
    name = "crm.ui"
    label = "ui"
