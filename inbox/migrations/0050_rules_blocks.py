"""Senders that are blocked, and those that were erased."""

import django.db.models.deletion
from django.db import migrations, models

import crm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [("inbox", "0044_drafts_of_notes"), ("workspaces", "0050_rules_verbs")]

    operations = [
        migrations.AddField("identity", "blocked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "identity",
            "blocked_by",
            crm.tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workspaces.membership",
            ),
        ),
        migrations.AddField("identity", "forgotten_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("message", "is_blocked", models.BooleanField(db_default=False, default=False)),
        migrations.CreateModel(
            name="ErasedSender",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("erased_at", models.DateTimeField()),
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
                    models.Index(fields=["workspace", "erased_at"], name="erased_sender_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "digest"), name="erased_sender_once"),
                ],
            },
        ),
    ]
