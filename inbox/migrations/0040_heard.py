"""That somebody's lead wrote, until its assignee is told."""

import crm.feed.models.row
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0005_review_answers"),
        ("workspaces", "0004_webhooks_replayed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heard",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "xid",
                    crm.feed.models.row.XidField(db_default=crm.feed.models.row.CurrentXid(), editable=False),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                    ),
                ),
                ("lead_id", models.BigIntegerField()),
                ("message_id", models.BigIntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("xid__isnull", False)),
                        fields=["xid", "id"],
                        name="inbox_heard_due",
                    ),
                    models.Index(fields=["workspace", "lead_id"], name="heard_of_lead"),
                ],
            },
        ),
    ]
