"""Leads that wait stand in lines of those whom the same people may take: in the Inbox, by their channels."""

from typing import ClassVar

from django.db import migrations, models

_LINES = """
UPDATE inbox_waitinglead waiting SET line = placement.channel_id FROM directory_placement placement
WHERE placement.workspace_id = waiting.workspace_id AND placement.lead_id = waiting.lead_id
    AND placement.stage_id IS NULL AND placement.channel_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inbox", "0070_meta_held")]

    operations: ClassVar = [
        migrations.AddField("waitinglead", "line", models.BigIntegerField(default=0, db_default=0)),
        migrations.RunSQL(_LINES, migrations.RunSQL.noop),
        migrations.AddIndex(
            "waitinglead",
            models.Index(name="waiting_lead_lines", fields=["workspace", "rule", "line", "since", "id"]),
        ),
        migrations.RemoveIndex("waitinglead", "waiting_lead_order"),
    ]
