"""The names of leads that somebody has, by whose they are: in this order who sees their own alone reads their list.

Names are the lead's, assignees the placement's, and no index has both. What is kept here is written when a lead is
given to somebody or is renamed, and by no message. Triggers do it: see directory.operations.
"""

from typing import ClassVar

from django.db import models

from crm.tenancy import TenantPart
from crm.tenancy.fields import TenantOneToOneField
from directory.models.lead import Lead


class OwnedName(TenantPart):
    """`assignee_id` is a number, and the name the lead's `name_key`, as the trigger copies them."""

    lead = TenantOneToOneField(
        Lead,
        primary_key=True,
        on_delete=models.DO_NOTHING,  # the database's: CASCADE
        related_name="+",
        unindexed="the primary key",
    )
    assignee_id = models.BigIntegerField()
    name_key = models.TextField()

    class Meta(TenantPart.Meta):
        indexes: ClassVar = [
            models.Index(name="ownedname_order", fields=["workspace", "assignee_id", "name_key", "lead"])
        ]
