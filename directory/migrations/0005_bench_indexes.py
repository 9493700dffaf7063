"""What a board filters by, what is closed, what is unread: read from indexes alone. Built beside the traffic, new before old."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

ON_BOARD = models.Q(("is_archived", False), ("outcome", ""))
FREE = models.Q(("is_archived", False), ("assignee", None), ("stage", None))
HEARD = models.Q(("is_archived", False), ("last_inbound_id__isnull", False))

INDEXES = [
    models.Index(
        name="placement_board",
        fields=["workspace", "stage", "-last_activity_at", "-lead"],
        include=("assignee", "status", "channel_id"),
        condition=ON_BOARD,
    ),
    models.Index(
        name="placement_stage",
        fields=["workspace", "stage", "-last_activity_at", "-lead"],
        include=("assignee", "is_archived", "outcome", "status", "channel_id"),
    ),
    models.Index(
        name="placement_free",
        fields=["workspace", "channel_id", "-last_activity_at", "-lead"],
        include=("outcome", "status"),
        condition=FREE,
    ),
    models.Index(
        name="placement_arrived", fields=["workspace", "-last_inbound_id", "-lead"], condition=HEARD
    ),
    models.Index(
        name="placement_own_arrived",
        fields=["workspace", "assignee", "-last_inbound_id", "-lead"],
        include=("stage", "channel_id"),
        condition=HEARD,
    ),
]
SUPERSEDED = ["placement_column", "placement_of_stage", "placement_free_inbox"]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("directory", "0004_lead_search_and_folds"),
        ("funnels", "0002_board_colours"),
        ("workspaces", "0002_web_channel_verbs"),
    ]

    operations = [
        *(AddIndexConcurrently("placement", index) for index in INDEXES),
        *(RemoveIndexConcurrently("placement", name) for name in SUPERSEDED),
    ]
