"""Notes; and drafts of notes beside those of answers."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

import crm.tenancy.fields
from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("inbox", "0042_saved_views"), ("directory", "0008_review_effects")]

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=10000)),
                ("client_id", models.UUIDField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    crm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.membership",
                        unindexed="memberships go only with their workspace or their person",
                    ),
                ),
                (
                    "lead",
                    crm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.lead"
                    ),
                ),
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
                    models.Index(fields=["workspace", "lead", "-created_at", "-id"], name="note_of_lead")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("client_id__isnull", False)),
                        fields=("workspace", "lead", "client_id"),
                        name="note_client_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deleted_at", None), ("text", ""), _connector="OR"),
                        name="note_deleted_is_empty",
                    ),
                ],
            },
        ),
        TenantForeignKey("note", "lead"),
        TenantForeignKey("note", "author"),
        migrations.AddField("draft", "is_note", models.BooleanField(db_default=False, default=False)),
    ]
