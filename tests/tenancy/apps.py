from django.apps import AppConfig

from crm.tenancy.registry import OUTSIDE


class TenancyTestsConfig(AppConfig):
    """Models to test tenancy on; installed by tests.settings only."""

    name = "tests.tenancy"
    label = "tenancy_tests"

    def ready(self) -> None:
        OUTSIDE["tenancy_tests.Reader"] = "what tests read as if it were a person"
