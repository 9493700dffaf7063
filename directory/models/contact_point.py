"""How a lead is reached: phones and e-mail addresses, as written, as sent to, and as compared."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantPart, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from directory.models.lead import Lead


class ContactPointQuerySet(TenantQuerySet["ContactPoint"]):
    def matching(self, kind: str, key: str) -> "ContactPointQuerySet":
        """Of every lead, oldest first; a national variant has the same key."""
        return self.filter(kind=kind, match_key=key).order_by("id")


class ContactPoint(TenantPart):
    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")

    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=5, choices=Kind)
    raw = models.CharField(max_length=254)  # as it was written or received: never rewritten
    value = models.CharField(max_length=254)  # E.164, or the address in lower case; what is sent to
    match_key = models.CharField(max_length=254)  # national variants (MX 521, BR 9, AR 9) folded
    is_verified = models.BooleanField(default=False)  # a provider vouches for it, or they proved it
    is_claimed = models.BooleanField(default=False, db_default=False)  # by a stranger: leads nobody here
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = TenantManager.from_queryset(ContactPointQuerySet)()

    class Meta(TenantPart.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="contact_point_once", fields=["workspace", "lead", "kind", "match_key"]
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="contact_point_key", fields=["workspace", "kind", "match_key", "lead"]),
            GinIndex("workspace", OpClass("match_key", "gin_trgm_ops"), name="contact_point_parts"),
        ]
