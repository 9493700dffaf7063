"""What is filtered by people is read person by person in every order of the list of conversations, archived or not, and
what else it is filtered by is in the index. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0112_lead_origins")]

    operations = [
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_own_waits",
                fields=["workspace", "assignee", "is_archived", "waiting_since", "lead"],
                include=["stage", "status", "channel_id"],
                condition=models.Q(waiting_since__isnull=False),
            ),
        ),
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_own_windows",
                fields=["workspace", "assignee", "is_archived", "window_ends_at", "lead"],
                include=["stage", "status", "channel_id"],
                condition=models.Q(window_ends_at__isnull=False),
            ),
        ),
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_own_heard",
                fields=["workspace", "assignee", "-last_inbound_id", "-lead"],
                include=["stage", "status", "channel_id"],
                condition=models.Q(is_archived=False, last_inbound_id__isnull=False),
            ),
        ),
        RemoveIndexConcurrently("placement", "placement_own_waiting"),
        RemoveIndexConcurrently("placement", "placement_own_arrived"),
    ]
