"""A seller's own columns by hand, by waiting and by age are sorted from the index alone. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0008_review_effects")]

    operations = [
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_own_board",
                fields=["workspace", "assignee", "stage", "-last_activity_at", "-lead"],
                include=["position", "waiting_since", "created_at"],
                condition=models.Q(("is_archived", False), ("outcome", "")),
            ),
        ),
        RemoveIndexConcurrently("placement", "placement_own_column"),
    ]
