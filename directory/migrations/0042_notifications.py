"""What people were told of, and how they want to be told."""

import crm.tenancy.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0011_value_in_tallies"),
        ("workspaces", "0004_webhooks_replayed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=24)),
                ("cause", models.CharField(max_length=60)),
                ("facts", models.JSONField(blank=True, default=dict)),
                ("gathers", models.BooleanField(default=False)),
                ("latest", models.BigIntegerField(default=0)),
                ("count", models.PositiveIntegerField(default=1)),
                ("in_page", models.BooleanField(default=True)),
                ("in_mail", models.BooleanField(default=False)),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("push_due_at", models.DateTimeField(blank=True, null=True)),
                ("pushed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    crm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.membership",
                    ),
                ),
                (
                    "lead",
                    crm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="directory.lead",
                    ),
                ),
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
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["workspace", "membership", "-at", "-id"], name="notification_newest"
                    ),
                    models.Index(
                        condition=models.Q(("seen_at", None)),
                        fields=["workspace", "membership", "lead"],
                        name="notification_unseen",
                    ),
                    models.Index(fields=["workspace", "lead", "membership"], name="notification_of_lead"),
                    models.Index(
                        condition=models.Q(("push_due_at__isnull", False)),
                        fields=["push_due_at"],
                        name="notification_push_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "membership", "kind", "cause"), name="notification_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("gathers", True), ("seen_at", None)),
                        fields=("workspace", "membership", "kind", "lead"),
                        name="notification_gathered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NotificationSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ways", models.JSONField(blank=True, default=dict)),
                ("quiet", models.BooleanField(default=True, verbose_name="quiet outside business hours")),
                ("shows_text", models.BooleanField(default=False, verbose_name="show what was written")),
                ("toasts", models.BooleanField(default=False, verbose_name="a line in the page")),
                ("sounds", models.BooleanField(default=False, verbose_name="a sound")),
                (
                    "digest",
                    models.CharField(
                        choices=[("off", "Never"), ("hourly", "Every hour"), ("daily", "Once a day")],
                        default="off",
                        max_length=6,
                        verbose_name="summary by e-mail",
                    ),
                ),
                (
                    "digest_hour",
                    models.PositiveSmallIntegerField(
                        default=9,
                        validators=[django.core.validators.MaxValueValidator(23)],
                        verbose_name="at",
                    ),
                ),
                ("digest_due_at", models.DateTimeField(blank=True, null=True)),
                ("digested_at", models.DateTimeField(blank=True, null=True)),
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
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("digest_due_at__isnull", False)),
                        fields=["digest_due_at"],
                        name="notification_digest_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "membership"), name="notification_settings_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest_hour__gte", 0), ("digest_hour__lte", 23)),
                        name="notification_settings_hour",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("digest", "off"), ("digest_due_at", None)),
                            models.Q(
                                models.Q(("digest", "off"), _negated=True), ("digest_due_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="notification_settings_due",
                    ),
                ],
            },
        ),
        TenantForeignKey("notification", "membership"),
        TenantForeignKey("notification", "lead"),
        TenantForeignKey("notification", "by"),
        TenantForeignKey("notificationsettings", "membership"),
    ]
