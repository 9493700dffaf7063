"""How people look at the directory: segments, and each person's columns."""

import crm.tenancy.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0062_lead_manager"),
        ("workspaces", "0050_rules_verbs"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("columns", models.JSONField(blank=True, default=list)),
                ("is_compact", models.BooleanField(db_default=False, default=False)),
                (
                    "membership",
                    crm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
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
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("icon", models.CharField(blank=True, default="", max_length=8, verbose_name="emoji")),
                ("filter", models.CharField(blank=True, default="", max_length=2000)),
                ("state", models.CharField(default="active", max_length=8)),
                ("sort", models.CharField(blank=True, default="", max_length=60)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "membership",
                    crm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
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
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.AddConstraint(
            model_name="listsettings",
            constraint=models.UniqueConstraint(fields=("workspace", "membership"), name="list_settings_once"),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="directory_segment_parent"),
        ),
        migrations.AddIndex(
            model_name="segment",
            index=models.Index(fields=["workspace", "membership", "position"], name="segment_of"),
        ),
        TenantForeignKey("listsettings", "membership"),
        TenantForeignKey("segment", "membership"),
    ]
