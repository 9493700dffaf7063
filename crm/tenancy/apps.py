from django.apps import AppConfig
from django.core import checks


class TenancyConfig(AppConfig):
    name = "crm.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from crm.tenancy.checks import check_tenancy

        checks.register(check_tenancy, checks.Tags.models)
