"""What somebody began to write to a lead."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from crm.tenancy import TenantModel
from crm.tenancy.fields import TenantForeignKey
from directory.models import Lead
from workspaces.models import Membership


class Draft(TenantModel):
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(max_length=10_000)
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="draft_once", fields=["workspace", "membership", "lead"])
        ]
        indexes: ClassVar = [models.Index(name="draft_of", fields=["workspace", "lead"])]
