from django.apps import AppConfig

from crm.tenancy.registry import OUTSIDE


class OpsTestsConfig(AppConfig):
    """A model with encrypted fields; installed by tests.settings only."""

    name = "tests.ops"
    label = "ops_tests"

    def ready(self) -> None:
        OUTSIDE["ops_tests.Box"] = "what tests encrypt"
