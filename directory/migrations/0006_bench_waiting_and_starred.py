"""Who waits for one person, asked by the rail of every page; what people starred. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0005_bench_indexes")]

    operations = [
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_own_waiting",
                fields=["workspace", "assignee", "waiting_since", "lead"],
                condition=models.Q(("is_archived", False), ("waiting_since__isnull", False)),
            ),
        ),
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_starred",
                fields=["workspace", "-last_activity_at", "-lead"],
                condition=models.Q(("is_archived", False), ("is_starred", True)),
            ),
        ),
    ]
