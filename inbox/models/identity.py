"""Who somebody is on a channel. A person may have many identities, and an identity many keys (a phone, a BSUID)."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from directory.models import Lead
from inbox.models.channel import Channel
from workspaces.models import Membership


class IdentityQuerySet(TenantQuerySet["Identity"]):
    def of_lead(self, lead: Lead) -> "IdentityQuerySet":
        return self.filter(lead=lead).select_related("channel").order_by("id")


class Identity(TenantModel):
    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="identities")
    channel = TenantForeignKey(Channel, on_delete=models.CASCADE, related_name="identities")
    name = models.CharField(max_length=160, blank=True, default="")  # as their profile says
    username = models.CharField(max_length=80, blank=True, default="")
    is_reachable = models.BooleanField(
        default=True
    )  # false: the provider said that they blocked us, or are gone
    # Blocked by one of us: what they write from then on is kept, and raises nothing (docs/decisions/blocking.md).
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_by = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )
    # Their sender was erased then: nothing that was said before comes back, whatever is replayed.
    forgotten_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = TenantManager.from_queryset(IdentityQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [PARENT_KEY]
        indexes: ClassVar = [
            models.Index(name="identity_of_lead", fields=["workspace", "lead"]),
            models.Index(name="identity_on_channel", fields=["workspace", "channel"]),
        ]

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None


class IdentityKey(TenantModel):
    """What a provider names them by: "wa:5215512345678", "bsuid:MX.77", "visitor:<uuid>". One identity each."""

    channel = TenantForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    identity = TenantForeignKey(Identity, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=200)
    is_current = models.BooleanField(default=True)  # false: their number or id was changed
    ended_at = models.DateTimeField(null=True, blank=True)  # then; what they said before may arrive later
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="identity_key_once", fields=["workspace", "channel", "key"])
        ]
        indexes: ClassVar = [models.Index(name="identity_key_of", fields=["workspace", "identity"])]
