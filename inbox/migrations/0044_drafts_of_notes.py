"""One draft of each sort. The new index is built beside the traffic; it is a constraint before the old one goes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("inbox", "0043_notes")]

    operations = [
        migrations.RunSQL(
            [
                "DROP INDEX CONCURRENTLY IF EXISTS draft_once_each",  # of an attempt that was interrupted
                (
                    "CREATE UNIQUE INDEX CONCURRENTLY draft_once_each"
                    " ON inbox_draft (workspace_id, membership_id, lead_id, is_note)"
                ),
                "ALTER TABLE inbox_draft ADD CONSTRAINT draft_once_each UNIQUE USING INDEX draft_once_each",
            ],
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddConstraint(
                    "draft",
                    models.UniqueConstraint(
                        name="draft_once_each", fields=["workspace", "membership", "lead", "is_note"]
                    ),
                )
            ],
        ),
        migrations.RemoveConstraint("draft", "draft_once"),
    ]
