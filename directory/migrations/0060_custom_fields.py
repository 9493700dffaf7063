"""Fields of a workspace's own: typed values, each kind with an index of its own."""

import crm.tenancy.fields
import directory.models.lead
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0053_rules_stage_age"),
        ("workspaces", "0050_rules_verbs"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=80, verbose_name="name")),
                ("key", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("choice", "One choice"),
                            ("choices", "Several choices"),
                            ("yes_no", "Yes or no"),
                            ("phone", "Phone"),
                            ("email", "E-mail"),
                            ("url", "Link"),
                            ("money", "Money"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("is_required", models.BooleanField(default=False, verbose_name="required")),
                ("default", models.JSONField(blank=True, null=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
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
            name="CustomChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=80, verbose_name="name")),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("slate", "Slate"),
                            ("red", "Red"),
                            ("orange", "Orange"),
                            ("amber", "Amber"),
                            ("lime", "Lime"),
                            ("green", "Green"),
                            ("teal", "Teal"),
                            ("sky", "Sky"),
                            ("blue", "Blue"),
                            ("violet", "Violet"),
                            ("fuchsia", "Fuchsia"),
                            ("rose", "Rose"),
                        ],
                        default="slate",
                        max_length=8,
                        verbose_name="colour",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "field",
                    crm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choices",
                        to="directory.customfield",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="CustomValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slot", models.BigIntegerField(db_default=0, default=0)),
                ("text", models.CharField(blank=True, db_default="", default="", max_length=1000)),
                (
                    "text_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=directory.models.lead.Fold(
                            django.db.models.functions.text.Left(models.F("text"), 200)
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                ("match_key", models.CharField(blank=True, db_default="", default="", max_length=40)),
                ("number", models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ("date", models.DateField(blank=True, null=True)),
                (
                    "choice",
                    crm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="values",
                        to="directory.customchoice",
                    ),
                ),
                (
                    "field",
                    crm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="values",
                        to="directory.customfield",
                    ),
                ),
                (
                    "lead",
                    crm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="custom_values",
                        to="directory.lead",
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
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.UniqueConstraint(
                fields=("workspace", "id"), name="directory_customfield_parent"
            ),
        ),
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)), fields=("workspace", "key"), name="custom_field_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "text",
                            "number",
                            "date",
                            "choice",
                            "choices",
                            "yes_no",
                            "phone",
                            "email",
                            "url",
                            "money",
                        ],
                    )
                ),
                name="custom_field_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.CheckConstraint(
                condition=models.Q(("key__regex", "^[a-z0-9_]+$")), name="custom_field_key_form"
            ),
        ),
        migrations.AddIndex(
            model_name="customchoice",
            index=models.Index(fields=["workspace", "field", "position"], name="custom_choice_order"),
        ),
        migrations.AddConstraint(
            model_name="customchoice",
            constraint=models.UniqueConstraint(
                fields=("workspace", "id"), name="directory_customchoice_parent"
            ),
        ),
        migrations.AddConstraint(
            model_name="customchoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("workspace", "field", "label"),
                name="custom_choice_once",
            ),
        ),
        migrations.AddIndex(
            model_name="customvalue",
            index=models.Index(
                condition=models.Q(("text__gt", "")),
                fields=["workspace", "field", "text_key", "lead"],
                name="custom_value_text",
            ),
        ),
        migrations.AddIndex(
            model_name="customvalue",
            index=models.Index(
                condition=models.Q(("match_key__gt", "")),
                fields=["workspace", "field", "match_key", "lead"],
                name="custom_value_match",
            ),
        ),
        migrations.AddIndex(
            model_name="customvalue",
            index=models.Index(
                condition=models.Q(("number__isnull", False)),
                fields=["workspace", "field", "number", "lead"],
                name="custom_value_number",
            ),
        ),
        migrations.AddIndex(
            model_name="customvalue",
            index=models.Index(
                condition=models.Q(("date__isnull", False)),
                fields=["workspace", "field", "date", "lead"],
                name="custom_value_date",
            ),
        ),
        migrations.AddIndex(
            model_name="customvalue",
            index=models.Index(
                condition=models.Q(("choice__isnull", False)),
                fields=["workspace", "field", "choice", "lead"],
                name="custom_value_choice",
            ),
        ),
        migrations.AddIndex(
            model_name="customvalue",
            index=models.Index(
                condition=models.Q(("choice__isnull", False)),
                fields=["workspace", "choice"],
                name="custom_value_of_choice",
            ),
        ),
        migrations.AddConstraint(
            model_name="customvalue",
            constraint=models.UniqueConstraint(
                fields=("workspace", "lead", "field", "slot"), name="custom_value_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="customvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("text", ""), _negated=True),
                        ("choice", None),
                        ("date", None),
                        ("number", None),
                    ),
                    models.Q(("choice", None), ("date", None), ("number__isnull", False), ("text", "")),
                    models.Q(("choice", None), ("date__isnull", False), ("number", None), ("text", "")),
                    models.Q(("choice__isnull", False), ("date", None), ("number", None), ("text", "")),
                    _connector="OR",
                ),
                name="custom_value_one_column",
            ),
        ),
        migrations.AddConstraint(
            model_name="customvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("slot", 0), ("slot", models.F("choice")), _connector="OR"),
                name="custom_value_slot",
            ),
        ),
        TenantForeignKey("customchoice", "field"),
        TenantForeignKey("customvalue", "field"),
        TenantForeignKey("customvalue", "lead"),
        TenantForeignKey("customvalue", "choice"),
    ]
