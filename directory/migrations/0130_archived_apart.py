"""What a person has, what is at a stage, and what came by a channel and is nobody's is read by last activity, archived
or not: which of both is now entered in their indexes. Three of four were passed over before to list what is archived,
and of nobody's all that is. Built beside the traffic; no index more.

Placements are vacuumed after one change in two hundred, not one in fifty. Of a page that has changed since, PostgreSQL
looks at the rows beside the index: after 30,000 changes in two million rows every second row that a walk passes.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

TABLE = "ALTER TABLE directory_placement"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0120_own_in_every_order")]

    operations = [
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_of_person",
                fields=["workspace", "assignee", "is_archived", "-last_activity_at", "-lead"],
                include=["stage", "status", "channel_id"],
            ),
        ),
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_of_stage",
                fields=["workspace", "stage", "is_archived", "-last_activity_at", "-lead"],
                include=["assignee", "outcome", "status", "channel_id"],
            ),
        ),
        AddIndexConcurrently(
            "placement",
            models.Index(
                name="placement_of_nobody",
                fields=["workspace", "channel_id", "is_archived", "-last_activity_at", "-lead"],
                include=["outcome", "status"],
                condition=models.Q(stage=None, assignee=None),
            ),
        ),
        RemoveIndexConcurrently("placement", "placement_owned"),
        RemoveIndexConcurrently("placement", "placement_stage"),
        RemoveIndexConcurrently("placement", "placement_free"),
        migrations.RunSQL(
            f"{TABLE} SET (autovacuum_vacuum_scale_factor = 0.005)",
            f"{TABLE} SET (autovacuum_vacuum_scale_factor = 0.02)",
        ),
    ]
