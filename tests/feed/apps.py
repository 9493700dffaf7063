from django.apps import AppConfig


class FeedTestsConfig(AppConfig):
    """A feed to read; installed by tests.settings only."""

    name = "tests.feed"
    label = "feed_tests"
