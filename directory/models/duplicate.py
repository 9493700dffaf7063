"""Two leads that may be one person. A row is a pair, whichever way it was found; people decide, nothing else does."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from directory.models.lead import Lead
from directory.models.placement import Placement
from workspaces.models import Membership


class Reason(models.TextChoices):
    """Why two leads look alike. The order is that in which they are named."""

    IDENTITY = "identity", _("Same account on a channel")
    PHONE = "phone", _("Same phone")
    EMAIL = "email", _("Same e-mail")
    CLAIM = "claim", _("Said so in a web chat")
    BROWSER = "browser", _("Same browser")
    NAME = "name", _("Same name and city")


# How likely one reason alone makes it that they are one person, of 100.
WEIGHTS = {
    Reason.IDENTITY: 95,
    Reason.PHONE: 90,
    Reason.EMAIL: 85,
    Reason.CLAIM: 60,
    Reason.BROWSER: 50,
    Reason.NAME: 40,
}


class DuplicatePairQuerySet(TenantQuerySet["DuplicatePair"]):
    def open(self) -> Self:
        return self.filter(state=DuplicatePair.State.OPEN)

    def visible_to(self, membership: Membership) -> Self:
        """Of which the person sees both leads, as they stand now: a merged or deleted one stands nowhere."""
        seen = Placement.objects.visible_to(membership)
        return self.filter(
            Exists(seen.filter(pk=OuterRef("first_id"))), Exists(seen.filter(pk=OuterRef("second_id")))
        )

    def of_lead(self, lead: Lead) -> Self:
        return self.filter(Q(first=lead) | Q(second=lead))

    def in_order(self) -> Self:
        """What was put off comes last; the likeliest first."""
        return self.order_by(F("later_at").asc(nulls_first=True), "-score", "id")


class DuplicatePair(TenantModel):
    """`first` has the lower id. `reasons` are values of Reason."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DISMISSED = "dismissed", _("Not the same")
        MERGED = "merged", _("Merged")

    first = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    second = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    reasons = models.JSONField(default=list)
    score = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    later_at = models.DateTimeField(null=True, blank=True)  # somebody put it off then
    decided_by = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = TenantManager.from_queryset(DuplicatePairQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="duplicate_pair_once", fields=["workspace", "first", "second"]),
            models.CheckConstraint(
                name="duplicate_pair_in_order", condition=models.Q(first__lt=models.F("second"))
            ),
            models.CheckConstraint(
                name="duplicate_pair_state", condition=models.Q(state__in=("open", "dismissed", "merged"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="duplicate_pair_second", fields=["workspace", "second"]),
            models.Index(
                models.F("workspace"),
                models.F("later_at").asc(nulls_first=True),
                models.F("score").desc(),
                models.F("id"),
                name="duplicate_pair_queue",
                condition=models.Q(state="open"),
            ),
        ]

    @property
    def why(self) -> list[str]:
        """The reasons in words."""
        return [str(one.label) for one in Reason if one.value in self.reasons]
