from django.apps import AppConfig


class FeedConfig(AppConfig):
    name = "crm.feed"
    label = "feed"
