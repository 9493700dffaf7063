"""A way that leads go, in stages. One of them is the main one."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from directory.visibility import SEE_ALL, WORK_FUNNEL
from workspaces.models import Colour, Membership
from workspaces.models.grant import Grant


class FunnelQuerySet(TenantQuerySet["Funnel"]):
    def in_use(self) -> "FunnelQuerySet":
        return self.filter(archived_at=None, leaving_since=None)

    def in_order(self) -> "FunnelQuerySet":
        return self.order_by("position", "id")

    def with_stages(self) -> "FunnelQuerySet":
        return self.prefetch_related("stages")

    def open_to(self, membership: Membership) -> "FunnelQuerySet":
        """Whose board the person may open: all to owner and admins, a seller's granted ones to a seller."""
        return self.filter(pk__in=granted_to(membership)) if membership.is_seller else self


def granted_to(seller: Membership) -> frozenset[int]:
    return seller.grants.ids(WORK_FUNNEL) | seller.grants.ids(SEE_ALL)


class Funnel(TenantModel):
    name = models.CharField(_("name"), max_length=60)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour.choices, default=Colour.SLATE)
    position = models.PositiveSmallIntegerField(default=0)
    is_main = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    leaving_since = models.DateTimeField(
        null=True, blank=True
    )  # it is being deleted: a job moves its leads out
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = TenantManager.from_queryset(FunnelQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(name="funnel_name_once", fields=["workspace", "name"]),
            models.UniqueConstraint(
                name="funnel_one_main", fields=["workspace"], condition=models.Q(is_main=True)
            ),
            models.CheckConstraint(
                name="funnel_main_is_in_use", condition=models.Q(is_main=False) | models.Q(archived_at=None)
            ),
        ]
        permissions: ClassVar = [
            (WORK_FUNNEL.split(".")[1], "Work in the funnel"),
            (SEE_ALL.split(".")[1], "See all leads of the funnel"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class FunnelUserObjectPermission(Grant):
    """Grants on funnels."""

    content_object = TenantForeignKey(Funnel, on_delete=models.CASCADE, related_name="grants")

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="funnel_grant_once", fields=["workspace", "user", "permission", "content_object"]
            )
        ]
        indexes: ClassVar = [models.Index(name="funnel_grant_on", fields=["workspace", "content_object"])]
