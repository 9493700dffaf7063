"""Imports and what became of their rows; where a lead came from, and what another system calls it."""

import crm.tenancy.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0070_bulk"),
        ("workspaces", "0050_rules_verbs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Reading the file"),
                            ("broken", "Cannot be read"),
                            ("mapping", "Columns to choose"),
                            ("options", "Options to choose"),
                            ("checking", "Trial run under way"),
                            ("checked", "Ready to import"),
                            ("running", "Importing"),
                            ("done", "Imported"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                        ],
                        default="reading",
                        max_length=8,
                    ),
                ),
                ("problem", models.CharField(blank=True, default="", max_length=30)),
                ("job_id", models.BigIntegerField(blank=True, null=True)),
                ("name", models.CharField(max_length=150)),
                ("kind", models.CharField(choices=[("csv", "CSV"), ("xlsx", "Excel")], max_length=4)),
                ("size", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("file", models.CharField(blank=True, default="", max_length=255)),
                ("table", models.CharField(blank=True, default="", max_length=255)),
                ("refused_file", models.CharField(blank=True, default="", max_length=255)),
                ("layout", models.JSONField(blank=True, default=dict)),
                ("profile", models.JSONField(blank=True, default=dict)),
                ("mapping", models.JSONField(blank=True, default=list)),
                ("options", models.JSONField(blank=True, default=dict)),
                ("report", models.JSONField(blank=True, default=dict)),
                ("position", models.BigIntegerField(default=0)),
                ("created", models.IntegerField(default=0)),
                ("updated", models.IntegerField(default=0)),
                ("skipped", models.IntegerField(default=0)),
                ("refused", models.IntegerField(default=0)),
                ("undone", models.JSONField(blank=True, default=dict)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("updated", "Updated"),
                            ("skipped", "Skipped"),
                            ("refused", "Refused"),
                        ],
                        max_length=8,
                    ),
                ),
                ("changes", models.JSONField(blank=True, db_default={}, default=dict)),
                ("problems", models.JSONField(blank=True, db_default=[], default=list)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="lead",
            name="came_from",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=80, verbose_name="source"
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="external_id",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=120, verbose_name="external ID"
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="by",
            field=crm.tenancy.fields.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workspaces.membership",
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workspaces.workspace",
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="lead",
            field=crm.tenancy.fields.TenantForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.lead"
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="of",
            field=crm.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="directory.import"
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workspaces.workspace",
            ),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["workspace", "digest"], name="import_same_file"),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="directory_import_parent"),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "reading",
                            "broken",
                            "mapping",
                            "options",
                            "checking",
                            "checked",
                            "running",
                            "done",
                            "undoing",
                            "undone",
                        ],
                    )
                ),
                name="import_state",
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(
                condition=models.Q(("lead__isnull", False)),
                fields=["workspace", "lead"],
                name="import_row_of_lead",
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(
                condition=models.Q(("outcome", "refused")),
                fields=["workspace", "of", "number"],
                name="import_row_refused",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(fields=("workspace", "of", "number"), name="import_row_once"),
        ),
        TenantForeignKey("import", "by"),
        TenantForeignKey("importrow", "of"),
        TenantForeignKey("importrow", "lead"),
    ]
