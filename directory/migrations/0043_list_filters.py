"""What the list of conversations is filtered by, read from indexes alone. Built beside the traffic, new before old."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

FILTERED = ("assignee", "stage", "status", "channel_id")

INDEXES = [
    models.Index(
        name="placement_owned",
        fields=["workspace", "assignee", "-last_activity_at", "-lead"],
        include=("is_archived", "stage", "status", "channel_id"),
    ),
    models.Index(
        name="placement_kinds",
        fields=["workspace", "is_archived", "status", "channel_id", "-last_activity_at", "-lead"],
        include=("assignee", "stage"),
    ),
    models.Index(
        name="placement_waits",
        fields=["workspace", "is_archived", "waiting_since", "lead"],
        include=FILTERED,
        condition=models.Q(("waiting_since__isnull", False)),
    ),
    models.Index(
        name="placement_windows",
        fields=["workspace", "is_archived", "window_ends_at", "lead"],
        include=FILTERED,
        condition=models.Q(("window_ends_at__isnull", False)),
    ),
]
SUPERSEDED = ["placement_mine", "placement_waiting", "placement_window"]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0042_notifications")]

    operations = [
        *(AddIndexConcurrently("placement", index) for index in INDEXES),
        *(RemoveIndexConcurrently("placement", name) for name in SUPERSEDED),
    ]
