"""Reasons in an order, deleted ones that are still named, and whether one is required."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0043_list_filters"), ("workspaces", "0004_webhooks_replayed")]

    operations = [
        migrations.AddField(
            "closereason", "position", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddField("closereason", "removed_at", models.DateTimeField(blank=True, null=True)),
        migrations.CreateModel(
            name="ClosureRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("outcome", models.CharField(choices=[("won", "Won"), ("lost", "Lost")], max_length=4)),
                ("needs_reason", models.BooleanField(default=False)),
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
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "outcome"), name="closure_rule_once"),
                ],
            },
        ),
    ]
