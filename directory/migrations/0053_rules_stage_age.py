"""Who has been longest in a stage. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0052_rules_reasons")]

    operations = [
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_stage_age",
                fields=["workspace", "stage", "stage_since", "lead"],
                include=["assignee", "status", "channel_id"],
                condition=models.Q(("is_archived", False), ("outcome", "")),
            ),
        )
    ]
