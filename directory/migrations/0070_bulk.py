"""Acts on many leads at once, what is still to be done of them, and what each lead was before."""

import crm.tenancy.fields
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0066_list_indexes"),
        ("jobs", "0001_initial"),
        ("workspaces", "0070_bulk_verbs"),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=24)),
                ("params", models.JSONField(blank=True, default=dict)),
                ("total", models.PositiveIntegerField()),
                ("changed", models.PositiveIntegerField(default=0)),
                ("already", models.PositiveIntegerField(default=0)),
                ("gone", models.PositiveIntegerField(default=0)),
                ("refused", models.JSONField(blank=True, default=dict)),
                ("given", models.JSONField(blank=True, default=dict)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("undo_begun_at", models.DateTimeField(blank=True, null=True)),
                ("undone", models.PositiveIntegerField(default=0)),
                ("left", models.JSONField(blank=True, default=dict)),
                ("undo_ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asker",
                    crm.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.membership",
                    ),
                ),
                (
                    "job",
                    crm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "undo_job",
                    crm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "undone_by",
                    crm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.membership",
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
            },
        ),
        migrations.CreateModel(
            name="BulkBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "leads",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "act",
                    crm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="batches",
                        to="directory.bulkact",
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
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.JSONField(blank=True, null=True)),
                ("refused", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("left", models.CharField(blank=True, db_default="", default="", max_length=40)),
                (
                    "act",
                    crm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="directory.bulkact",
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
            },
        ),
        migrations.AddIndex(
            model_name="bulkact",
            index=models.Index(fields=["workspace", "-id"], name="bulk_act_newest"),
        ),
        migrations.AddIndex(
            model_name="bulkact",
            index=models.Index(fields=["workspace", "asker", "-id"], name="bulk_act_own"),
        ),
        migrations.AddIndex(
            model_name="bulkact",
            index=models.Index(
                condition=models.Q(("job__isnull", False)), fields=["workspace", "job"], name="bulk_act_job"
            ),
        ),
        migrations.AddIndex(
            model_name="bulkact",
            index=models.Index(
                condition=models.Q(("undo_job__isnull", False)),
                fields=["workspace", "undo_job"],
                name="bulk_act_undo_job",
            ),
        ),
        migrations.AddIndex(
            model_name="bulkact",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["id"], name="bulk_act_open_due"
            ),
        ),
        migrations.AddIndex(
            model_name="bulkact",
            index=models.Index(
                condition=models.Q(("undo_begun_at__isnull", False), ("undo_ended_at", None)),
                fields=["id"],
                name="bulk_act_undo_due",
            ),
        ),
        migrations.AddIndex(
            model_name="bulkact",
            index=models.Index(
                condition=models.Q(("created_at__isnull", False)),
                fields=["created_at"],
                name="bulk_act_old_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkact",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="directory_bulkact_parent"),
        ),
        migrations.AddConstraint(
            model_name="bulkact",
            constraint=models.UniqueConstraint(fields=("workspace", "asker", "key"), name="bulk_act_once"),
        ),
        migrations.AddConstraint(
            model_name="bulkact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("undo_ended_at", None), ("undo_begun_at__isnull", False), _connector="OR"
                ),
                name="bulk_act_undo",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkbatch",
            constraint=models.UniqueConstraint(fields=("workspace", "act", "number"), name="bulk_batch_once"),
        ),
        migrations.AddIndex(
            model_name="bulkrow",
            index=models.Index(fields=["workspace", "lead"], name="bulk_row_of_lead"),
        ),
        migrations.AddIndex(
            model_name="bulkrow",
            index=models.Index(
                condition=models.Q(("refused", ""), _negated=True),
                fields=["workspace", "act", "lead"],
                name="bulk_row_refused",
            ),
        ),
        migrations.AddIndex(
            model_name="bulkrow",
            index=models.Index(
                condition=models.Q(("left", ""), _negated=True),
                fields=["workspace", "act", "lead"],
                name="bulk_row_left",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=models.UniqueConstraint(fields=("workspace", "act", "lead"), name="bulk_row_once"),
        ),
        TenantForeignKey("bulkact", "asker"),
        TenantForeignKey("bulkact", "job"),
        TenantForeignKey("bulkact", "undone_by"),
        TenantForeignKey("bulkact", "undo_job"),
        TenantForeignKey("bulkbatch", "act"),
        TenantForeignKey("bulkrow", "act"),
        TenantForeignKey("bulkrow", "lead"),
    ]
