"""Where a lead is on social networks, or the web: links."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from crm.tenancy import TenantPart
from crm.tenancy.fields import TenantForeignKey
from directory.models.lead import Lead

LONGEST_LINK = 300


class SocialProfile(TenantPart):
    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="profiles")
    network = models.CharField(max_length=12)  # see directory.networks
    url = models.CharField(max_length=LONGEST_LINK)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta(TenantPart.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="social_profile_once", fields=["workspace", "lead", "url"])
        ]
