"""How people look at the directory: segments kept under a name, and each person's own columns."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from workspaces.models import Membership

LONGEST_FILTER = 2_000


class SegmentQuerySet(TenantQuerySet["Segment"]):
    def open_to(self, membership: Membership) -> "SegmentQuerySet":
        """Those of all, and the person's own."""
        return self.filter(Q(membership=None) | Q(membership_id=membership.pk))

    def in_order(self) -> "SegmentQuerySet":
        """Those of all first."""
        return self.order_by(F("membership_id").asc(nulls_first=True), "position", "id")


class Segment(TenantModel):
    """`filter` is a text of `directory.filtering`: what it names may be gone, or not seen. The rest is as the list's
    address has it."""

    membership = TenantForeignKey(
        Membership, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )  # null: shared
    name = models.CharField(_("name"), max_length=40)
    icon = models.CharField(_("emoji"), max_length=8, blank=True, default="")
    filter = models.CharField(max_length=LONGEST_FILTER, blank=True, default="")
    state = models.CharField(max_length=8, default="active")  # active, archived, all
    sort = models.CharField(max_length=80, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = TenantManager.from_queryset(SegmentQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [PARENT_KEY]
        indexes: ClassVar = [models.Index(name="segment_of", fields=["workspace", "membership", "position"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.membership_id is None


class ListSettings(TenantModel):
    """One person's directory. `columns` are keys of `directory.columns`, in their order; empty are the usual ones."""

    membership = TenantForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", unindexed="the unique constraint is one"
    )
    columns = models.JSONField(default=list, blank=True)
    is_compact = models.BooleanField(default=False, db_default=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="list_settings_once", fields=["workspace", "membership"])
        ]
