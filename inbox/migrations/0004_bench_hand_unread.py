"""A conversation marked unread by hand, which no floor covers."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("inbox", "0003_engine_ended_keys")]

    operations = [
        migrations.AddField("readmark", "by_hand", models.BooleanField(default=False, db_default=False)),
        AddIndexConcurrently(
            "readmark",
            models.Index(
                name="read_mark_by_hand",
                fields=["workspace", "membership", "lead"],
                condition=models.Q(("by_hand", True)),
            ),
        ),
    ]
