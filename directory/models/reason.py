"""Why leads were won or lost, in the workspace's own words."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.models import PARENT_KEY


class CloseReasonQuerySet(TenantQuerySet["CloseReason"]):
    def by_name(self) -> "CloseReasonQuerySet":
        return self.order_by("outcome", "name", "id")


class CloseReason(TenantModel):
    outcome = models.CharField(max_length=4, choices=[("won", _("Won")), ("lost", _("Lost"))])
    name = models.CharField(_("name"), max_length=80)

    objects = TenantManager.from_queryset(CloseReasonQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(name="close_reason_once", fields=["workspace", "outcome", "name"]),
        ]

    def __str__(self) -> str:
        return self.name
