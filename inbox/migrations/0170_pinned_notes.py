"""Notes that stand at the top of the lead's card."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import crm.tenancy.fields


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inbox", "0160_waiting_lines"), ("workspaces", "0050_rules_verbs")]

    operations: ClassVar = [
        migrations.AddField("note", "pinned_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "note",
            "pinned_by",
            crm.tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workspaces.membership",
                unindexed="memberships go only with their workspace or their person",
            ),
        ),
    ]
