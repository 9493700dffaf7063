"""What a seller's own leads are ordered by creation with. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0101_import_made")]

    operations = [
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_own_created",
                fields=["workspace", "assignee", "-created_at", "-lead"],
                include=["is_archived", "stage", "status", "channel_id"],
            ),
        ),
    ]
