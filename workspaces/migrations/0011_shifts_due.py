"""By which the sweep finds whom the business hours turn."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("workspaces", "0010_shifts")]

    operations = [
        AddIndexConcurrently(
            "membership",
            models.Index(
                condition=models.Q(("deactivated_at", None), ("turns_at__isnull", False)),
                fields=["turns_at"],
                name="membership_turns_due",
            ),
        ),
    ]
