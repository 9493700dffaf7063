"""Leads that may be one person, and those that became one."""

import crm.tenancy.fields
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0081_event_of_other"),
        ("workspaces", "0050_rules_verbs"),
    ]

    operations = [
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                ("score", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("dismissed", "Not the same"), ("merged", "Merged")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("later_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Merge",
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
                            ("moving", "Under way"),
                            ("done", "Merged"),
                            ("splitting", "Being undone"),
                            ("undone", "Undone"),
                        ],
                        default="moving",
                        max_length=9,
                    ),
                ),
                ("before", models.JSONField(default=dict)),
                ("stayed", models.JSONField(blank=True, default=dict)),
                ("step", models.PositiveIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="MovedRows",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=60)),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("is_back", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=60)),
                ("row", models.JSONField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="lead",
            name="merged_into",
            field=crm.tenancy.fields.TenantForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="directory.lead",
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="merging_since",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="duplicatepair",
            name="decided_by",
            field=crm.tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workspaces.membership",
            ),
        ),
        migrations.AddField(
            model_name="duplicatepair",
            name="first",
            field=crm.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.lead"
            ),
        ),
        migrations.AddField(
            model_name="duplicatepair",
            name="second",
            field=crm.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.lead"
            ),
        ),
        migrations.AddField(
            model_name="duplicatepair",
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
            model_name="merge",
            name="by",
            field=crm.tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workspaces.membership",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="gone",
            field=crm.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.lead"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="kept",
            field=crm.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.lead"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="undone_by",
            field=crm.tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workspaces.membership",
            ),
        ),
        migrations.AddField(
            model_name="merge",
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
            model_name="movedrows",
            name="merge",
            field=crm.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.merge"
            ),
        ),
        migrations.AddField(
            model_name="movedrows",
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
            model_name="setaside",
            name="merge",
            field=crm.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.merge"
            ),
        ),
        migrations.AddField(
            model_name="setaside",
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
            model_name="duplicatepair",
            index=models.Index(fields=["workspace", "second"], name="duplicate_pair_second"),
        ),
        migrations.AddIndex(
            model_name="duplicatepair",
            index=models.Index(
                models.F("workspace"),
                models.OrderBy(models.F("later_at"), nulls_first=True),
                models.OrderBy(models.F("score"), descending=True),
                models.F("id"),
                condition=models.Q(("state", "open")),
                name="duplicate_pair_queue",
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicatepair",
            constraint=models.UniqueConstraint(
                fields=("workspace", "first", "second"), name="duplicate_pair_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicatepair",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="duplicate_pair_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicatepair",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("open", "dismissed", "merged"))),
                name="duplicate_pair_state",
            ),
        ),
        migrations.AddIndex(
            model_name="merge",
            index=models.Index(fields=["workspace", "kept", "-id"], name="merge_into"),
        ),
        migrations.AddIndex(
            model_name="merge",
            index=models.Index(fields=["workspace", "gone"], name="merge_of"),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="directory_merge_parent"),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "undone"), _negated=True),
                fields=("workspace", "gone"),
                name="merge_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept", models.F("gone")), _negated=True), name="merge_of_two"
            ),
        ),
        migrations.AddIndex(
            model_name="movedrows",
            index=models.Index(fields=["workspace", "merge", "table"], name="moved_rows_of"),
        ),
        migrations.AddIndex(
            model_name="setaside",
            index=models.Index(fields=["workspace", "merge", "table"], name="set_aside_of"),
        ),
        TenantForeignKey("DuplicatePair", "first"),
        TenantForeignKey("DuplicatePair", "second"),
        TenantForeignKey("DuplicatePair", "decided_by"),
        TenantForeignKey("Merge", "kept"),
        TenantForeignKey("Merge", "gone"),
        TenantForeignKey("Merge", "by"),
        TenantForeignKey("Merge", "undone_by"),
        TenantForeignKey("MovedRows", "merge"),
        TenantForeignKey("SetAside", "merge"),
    ]
