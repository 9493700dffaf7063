"""The person. Wide and quiet: where they stand is in their placement, what they write is in the inbox."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from workspaces.models import Membership

if TYPE_CHECKING:
    from directory.models.placement import Placement


class Direction(models.TextChoices):
    """Who wrote first."""

    INBOUND = "in", _("Inbound")
    OUTBOUND = "out", _("Outbound")


class Source(models.TextChoices):
    MANUAL = "manual", _("By hand")
    CHANNEL = "channel", _("Channel")
    IMPORT = "import", _("Import")
    FORM = "form", _("Form")
    API = "api", _("API")


class Fold(Func):
    """Text as it is compared and sorted: lower case, without accents. An immutable SQL function of ours."""

    function = "directory_fold"
    output_field = models.TextField()


class LeadQuerySet(TenantQuerySet["Lead"]):
    def visible_to(self, membership: Membership) -> "LeadQuerySet":
        """What the person may see; see `Placement.objects.visible_to`, which decides. A lead without a placement is
        being deleted."""
        from directory.visibility import may_see

        return self.filter(may_see(membership, prefix="placement__"), placement__isnull=False)

    def with_placement(self) -> "LeadQuerySet":
        return self.select_related("placement")

    def with_card(self) -> "LeadQuerySet":
        """All of one row each that the lead's page shows."""
        return self.select_related(
            "placement__stage__funnel", "placement__assignee__user", "placement__close_reason"
        )


class Lead(TenantModel):
    name = models.CharField(_("name"), max_length=160, blank=True, default="")
    name_key = models.GeneratedField(
        expression=Fold(F("name")), output_field=models.TextField(), db_persist=True
    )
    is_named_by_us = models.BooleanField(default=False)  # then a channel's profile name no longer replaces it
    city = models.CharField(_("city"), max_length=120, blank=True, default="")
    notes = models.TextField(_("notes"), max_length=10_000, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.INBOUND)
    source = models.CharField(max_length=8, choices=Source, default=Source.MANUAL)
    created_by = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    # It was merged into that one, and stands nowhere any more (docs/decisions/merge.md).
    merged_into = TenantForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="+", editable=False
    )
    # Since when rows of a merge, or of its undo, are on their way to or from here. Null: none are.
    merging_since = models.DateTimeField(null=True, blank=True, editable=False)
    placement: "Placement"

    objects = TenantManager.from_queryset(LeadQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [PARENT_KEY]
        indexes: ClassVar = [
            models.Index(name="lead_by_name", fields=["workspace", "name_key", "id"]),
            GinIndex("workspace", OpClass("name_key", "gin_trgm_ops"), name="lead_name_parts"),
            models.Index(
                name="lead_merged_into",
                fields=["workspace", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
