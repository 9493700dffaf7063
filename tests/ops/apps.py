from django.apps import AppConfig


class OpsTestsConfig(AppConfig):
    """A model with encrypted fields; installed by tests.settings only."""

    name = "tests.ops"
    label = "ops_tests"
