from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "crm.health"
    label = "health"
