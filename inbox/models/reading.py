"""Unread is per person: up to which message, by arrival, they have read each thread."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from crm.tenancy import TenantModel
from crm.tenancy.fields import TenantForeignKey
from directory.models import Lead
from workspaces.models import Membership


class ReadMark(TenantModel):
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    message_id = models.BigIntegerField(default=0)  # up to and with it; inbound ones above are unread
    by_hand = models.BooleanField(default=False, db_default=False)  # marked unread: no floor covers it
    at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="read_mark_once", fields=["workspace", "membership", "lead"])
        ]
        indexes: ClassVar = [
            models.Index(name="read_mark_of", fields=["workspace", "lead"]),
            models.Index(
                name="read_mark_by_hand",
                fields=["workspace", "membership", "lead"],
                condition=models.Q(by_hand=True),
            ),
        ]


class ReadFloor(TenantModel):
    """Below this everything counts as read: what came before the person did, and what is older than a month."""

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    message_id = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="read_floor_once", fields=["workspace", "membership"])
        ]
