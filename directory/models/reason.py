"""Why leads were won or lost, in the workspace's own words."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.models import PARENT_KEY


class CloseReasonQuerySet(TenantQuerySet["CloseReason"]):
    def in_use(self) -> "CloseReasonQuerySet":
        """Those that may be chosen. One that was deleted is still named where it was chosen."""
        return self.filter(removed_at=None)

    def in_order(self) -> "CloseReasonQuerySet":
        return self.order_by("outcome", "position", "name", "id")


class CloseReason(TenantModel):
    outcome = models.CharField(max_length=4, choices=[("won", _("Won")), ("lost", _("Lost"))])
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0, db_default=0)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(CloseReasonQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(name="close_reason_once", fields=["workspace", "outcome", "name"]),
        ]

    def __str__(self) -> str:
        return self.name


class ClosureRule(TenantModel):
    """Whether leads are won, or lost, only with a reason. Without a row they are with or without."""

    outcome = models.CharField(max_length=4, choices=[("won", _("Won")), ("lost", _("Lost"))])
    needs_reason = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="closure_rule_once", fields=["workspace", "outcome"])
        ]
