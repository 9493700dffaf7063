"""A seller's columns: by hand in order, and filtered without the rows that are left out. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

ON_BOARD = models.Q(is_archived=False, outcome="")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0090_arrived_with_filters")]

    operations = [
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_own_manual",
                fields=["workspace", "assignee", "stage", "position", "lead"],
                include=["status", "channel_id"],
                condition=ON_BOARD,
            ),
        ),
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_own_column",
                fields=["workspace", "assignee", "stage", "-last_activity_at", "-lead"],
                include=["status", "channel_id", "waiting_since", "created_at", "stage_since"],
                condition=ON_BOARD,
            ),
        ),
        RemoveIndexConcurrently("placement", "placement_own_board"),
    ]
