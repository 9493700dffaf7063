"""Lists of the unread, filtered: what they are filtered by is in their index. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0086_merged_into")]

    operations = [
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_all_arrived",
                fields=["workspace", "-last_inbound_id", "-lead"],
                include=["assignee", "stage", "status", "channel_id"],
                condition=models.Q(is_archived=False, last_inbound_id__isnull=False),
            ),
        ),
        RemoveIndexConcurrently("placement", "placement_arrived"),
    ]
