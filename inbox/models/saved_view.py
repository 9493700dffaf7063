"""A way of looking at the list of conversations, kept under a name: a person's own, or one of all."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from workspaces.models import Membership


class SavedViewQuerySet(TenantQuerySet["SavedView"]):
    def open_to(self, membership: Membership) -> "SavedViewQuerySet":
        """Those of all, and the person's own."""
        return self.filter(Q(membership=None) | Q(membership_id=membership.pk))

    def in_order(self) -> "SavedViewQuerySet":
        """Those of all first."""
        return self.order_by(F("membership_id").asc(nulls_first=True), "position", "id")


class SavedView(TenantModel):
    """`query` is a query string as `inbox.conversations.wanted` reads it: what it names may be gone, or not seen."""

    membership = TenantForeignKey(
        Membership, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )  # null: shared
    name = models.CharField(_("name"), max_length=40)
    icon = models.CharField(_("emoji"), max_length=8, blank=True, default="")
    query = models.CharField(max_length=2_000)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = TenantManager.from_queryset(SavedViewQuerySet)()

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(name="saved_view_of", fields=["workspace", "membership", "position"])
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.membership_id is None
