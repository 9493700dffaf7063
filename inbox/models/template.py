"""Messages a provider has approved, which may open a conversation when its window is closed."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from inbox.models.channel import Channel


class TemplateQuerySet(TenantQuerySet["Template"]):
    def usable(self) -> "TemplateQuerySet":
        return self.filter(status="APPROVED", gone_at=None)

    def by_name(self) -> "TemplateQuerySet":
        return self.order_by("name", "language", "id")


class Template(TenantModel):
    """As the provider has it; `components` are its own: [{"type": "BODY", "text": …}, …]."""

    channel = TenantForeignKey(Channel, on_delete=models.CASCADE, related_name="templates")
    external_id = models.CharField(max_length=80)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=16)
    category = models.CharField(max_length=32, blank=True, default="")
    status = models.CharField(max_length=32)  # the provider's word: APPROVED, REJECTED, PAUSED …
    reason = models.CharField(max_length=300, blank=True, default="")
    quality = models.CharField(max_length=16, blank=True, default="")
    parameter_format = models.CharField(max_length=16, blank=True, default="POSITIONAL")
    components = models.JSONField(default=list)
    synced_at = models.DateTimeField(default=timezone.now, db_default=Now())
    gone_at = models.DateTimeField(null=True, blank=True)  # the provider no longer has it

    objects = TenantManager.from_queryset(TemplateQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="template_once", fields=["workspace", "channel", "external_id"])
        ]
        indexes: ClassVar = [
            models.Index(name="template_by_name", fields=["workspace", "channel", "name", "language"])
        ]
