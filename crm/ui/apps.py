"""The app of the frame. It has no models."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "crm.ui"
    label = "ui"
