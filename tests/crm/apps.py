from django.apps import AppConfig

from crm.tenancy.registry import OUTSIDE


class CrmTestsConfig(AppConfig):
    """A model with encrypted fields; installed by tests.settings only."""

    name = "tests.crm"
    label = "crm_tests"

    def ready(self) -> None:
        OUTSIDE["crm_tests.Box"] = "what tests encrypt"
