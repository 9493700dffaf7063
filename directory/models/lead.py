"""The person. Wide and quiet: where they stand is in their placement, what they write is in the inbox."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, Func, OuterRef
from django.db.models.functions import Cast, JSONArray, JSONObject, Now
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


# What of the row says who the person is: what it is where that is erased.
NOBODY: dict[str, Any] = {
    **dict.fromkeys(
        ("name", "first_name", "second_name", "last_name", "city", "address", "delivery_address"), ""
    ),
    **dict.fromkeys(("notes", "time_zone", "came_from", "external_id"), ""),
    "ip": None,
    "manager": None,
}


class LeadQuerySet(TenantQuerySet["Lead"]):
    def visible_to(self, membership: Membership) -> "LeadQuerySet":
        """What the person may see; see `Placement.objects.visible_to`, which decides. A lead without a placement is
        being deleted."""
        from directory.visibility import may_see

        return self.filter(may_see(membership, prefix="placement__"), placement__isnull=False)

    def with_placement(self) -> "LeadQuerySet":
        return self.select_related("placement")

    def with_card(self) -> "LeadQuerySet":
        """All of one row each that the lead's page shows; in arrays what it has several of, a query each otherwise;
        whether the workspace has fields of its own, and whether the lead looks like another."""
        from directory.models.contact_point import ContactPoint
        from directory.models.custom import CustomField, CustomValue
        from directory.models.duplicate import DuplicatePair
        from directory.models.profile import SocialProfile
        from directory.models.tag import LeadTag

        related = (
            "placement__stage__funnel",
            "placement__assignee__user",
            "placement__close_reason",
            "manager__user",
        )
        number = Cast("number", models.TextField())  # as it is: JSON's would be a float
        arrays = {
            "profile_rows": (
                SocialProfile.objects.order_by("pk"),
                JSONObject(pk="pk", network="network", url="url"),
            ),
            "point_rows": (
                ContactPoint.objects.order_by("pk"),
                JSONObject(pk="pk", kind="kind", value="value"),
            ),
            "tag_rows": (
                # The tag's workspace is the lead's: said, so that only this workspace's tags are joined.
                LeadTag.objects.filter(tag__workspace_id=F("workspace_id")).order_by("tag__name", "tag_id"),
                JSONObject(pk="tag_id", name="tag__name", colour="tag__colour"),
            ),
            "value_rows": (
                CustomValue.objects.order_by("pk"),
                JSONArray("field_id", "text", number, "date", "choice_id"),
            ),
        }
        rows: Any = self.select_related(*related)
        pairs = DuplicatePair.objects.open()
        alike = Exists(pairs.filter(first_id=OuterRef("pk"))) | Exists(pairs.filter(second_id=OuterRef("pk")))
        rows = rows.annotate(has_fields=Exists(CustomField.objects.in_use()), has_pairs=alike)
        several = {
            name: ArraySubquery(found.filter(lead=OuterRef("pk")).values(one=one))
            for name, (found, one) in arrays.items()
        }
        return cast(LeadQuerySet, rows.annotate(**several))


class Lead(TenantModel):
    name = models.CharField(_("name"), max_length=160, blank=True, default="")
    name_key = models.GeneratedField(
        expression=Fold(F("name")), output_field=models.TextField(), db_persist=True
    )
    # What the name is made of, where somebody knows it; see docs/decisions/names.md.
    first_name = models.CharField(_("first name"), max_length=50, blank=True, default="", db_default="")
    second_name = models.CharField(_("second name"), max_length=50, blank=True, default="", db_default="")
    last_name = models.CharField(_("last name"), max_length=50, blank=True, default="", db_default="")
    is_named_by_us = models.BooleanField(default=False)  # then a channel's profile name no longer replaces it
    city = models.CharField(_("city"), max_length=120, blank=True, default="")
    address = models.CharField(_("address"), max_length=300, blank=True, default="", db_default="")
    delivery_address = models.CharField(
        _("delivery address"), max_length=300, blank=True, default="", db_default=""
    )
    notes = models.TextField(_("notes"), max_length=10_000, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    ip = models.GenericIPAddressField(
        null=True, blank=True
    )  # from which they came first, where that is known
    manager = TenantForeignKey(  # theirs for good, whoever works with them at the moment
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.INBOUND)
    source = models.CharField(max_length=8, choices=Source, default=Source.MANUAL)
    # Where they came from in the words of who brought them, and what another system calls them.
    came_from = models.CharField(_("source"), max_length=80, blank=True, default="", db_default="")
    external_id = models.CharField(_("external ID"), max_length=120, blank=True, default="", db_default="")
    created_by = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    # Their personal data were erased then: what is left is figures. See directory.actions.personal.
    erased_at = models.DateTimeField(null=True, blank=True)
    # It was merged into that one, and stands nowhere any more (docs/decisions/merge.md).
    merged_into = TenantForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="+", editable=False
    )
    # Since when rows of a merge, or of its undo, are on their way to or from here. Null: none are.
    merging_since = models.DateTimeField(null=True, blank=True, editable=False)
    placement: "Placement"
    # Of `with_card()`: pk, network and url of each link; pk, kind and value of each contact point, oldest first; pk,
    # name and colour of each tag, by name; what `custom.held_in` reads.
    profile_rows: list[dict[str, Any]]
    point_rows: list[dict[str, Any]]
    tag_rows: list[dict[str, Any]]
    value_rows: list[list[Any]]
    has_fields: bool  # of `with_card()`: whether the workspace has fields of its own
    has_pairs: bool  # of `with_card()`: whether somebody may have to say if it is the same as another

    objects = TenantManager.from_queryset(LeadQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [PARENT_KEY]
        indexes: ClassVar = [
            models.Index(
                name="lead_managed",
                fields=["workspace", "manager"],
                condition=models.Q(manager__isnull=False),
            ),
            models.Index(name="lead_by_name", fields=["workspace", "name_key", "id"]),
            GinIndex("workspace", OpClass("name_key", "gin_trgm_ops"), name="lead_name_parts"),
            # The directory's other order, and what it is filtered by: this row is not written when people write.
            models.Index(name="lead_by_created", fields=["workspace", "created_at", "id"]),
            models.Index(name="lead_by_source", fields=["workspace", "source", "direction", "id"]),
            models.Index(
                F("workspace"), Fold(F("city")), F("id"), name="lead_by_city", condition=models.Q(city__gt="")
            ),
            GinIndex(
                F("workspace"),
                OpClass(Fold(F("city")), "gin_trgm_ops"),
                name="lead_city_parts",
                condition=models.Q(city__gt=""),
            ),
            models.Index(
                F("workspace"),
                Fold(F("came_from")),
                F("id"),
                name="lead_by_origin",
                condition=models.Q(came_from__gt=""),
            ),
            GinIndex(
                F("workspace"),
                OpClass(Fold(F("came_from")), "gin_trgm_ops"),
                name="lead_origin_parts",
                condition=models.Q(came_from__gt=""),
            ),
            GinIndex(
                F("workspace"),
                OpClass(Fold(F("external_id")), "gin_trgm_ops"),
                name="lead_external_parts",
                condition=models.Q(external_id__gt=""),
            ),
            models.Index(
                name="lead_external_id",
                fields=["workspace", "external_id"],
                condition=~models.Q(external_id=""),
            ),
            models.Index(
                name="lead_merged_into",
                fields=["workspace", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
