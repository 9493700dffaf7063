"""The names of leads that somebody has had since before they were kept. The index is built afterwards.

A batch holds its placements for as long as it takes to copy some thousand names, so that none is given to somebody else
meanwhile; what the triggers wrote before it came stands as it is.
"""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

BATCH = 5_000
_COPIED = """
WITH held AS MATERIALIZED (
    SELECT lead_id, workspace_id, assignee_id FROM directory_placement
    WHERE lead_id > %s AND lead_id <= %s AND assignee_id IS NOT NULL ORDER BY lead_id FOR SHARE
)
INSERT INTO directory_ownedname (lead_id, workspace_id, assignee_id, name_key)
SELECT l.id, l.workspace_id, held.assignee_id, l.name_key FROM held JOIN directory_lead l ON l.id = held.lead_id
ON CONFLICT (lead_id) DO NOTHING
"""
_NEXT = "SELECT max(lead_id) FROM (SELECT lead_id FROM directory_placement WHERE lead_id > %s ORDER BY 1 LIMIT %s) AS n"


def fill(apps: Any, schema_editor: Any) -> None:
    """Each batch is a transaction of its own."""
    done = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(_NEXT, [done, BATCH])
            last = cursor.fetchone()[0]
            if last is None:
                return
            cursor.execute(_COPIED, [done, last])
            done = last


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0140_owned_names")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            "ownedname",
            models.Index(name="ownedname_order", fields=["workspace", "assignee_id", "name_key", "lead"]),
        ),
    ]
