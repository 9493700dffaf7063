"""What an event caused. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0007_review_claimed_points")]

    operations = [
        AddIndexConcurrently(
            "event",
            models.Index(
                name="event_effects",
                fields=["workspace", "cause"],
                condition=models.Q(("cause__isnull", False)),
            ),
        )
    ]
