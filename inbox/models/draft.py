"""What somebody began to write: an answer to a lead, or a note about it, each apart from the other."""

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
    is_note = models.BooleanField(default=False, db_default=False)
    text = models.TextField(max_length=10_000)
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="draft_once_each", fields=["workspace", "membership", "lead", "is_note"]
            )
        ]
        indexes: ClassVar = [models.Index(name="draft_of", fields=["workspace", "lead"])]
