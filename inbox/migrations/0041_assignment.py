"""Rules of assignment, their ledger and their queue."""

import crm.tenancy.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0042_notifications"),
        ("funnels", "0002_board_colours"),
        ("inbox", "0040_heard"),
        ("workspaces", "0011_shifts_due"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="assigns",
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.CreateModel(
            name="AssignmentRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "policy",
                    models.CharField(
                        choices=[
                            ("off", "Off"),
                            ("turns", "By turns"),
                            ("least", "Whoever has the fewest open"),
                        ],
                        default="off",
                        max_length=5,
                    ),
                ),
                ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                ("sticky_days", models.PositiveSmallIntegerField(default=30)),
                ("away_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("turns", models.JSONField(blank=True, default=dict)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "channel",
                    crm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inbox.channel",
                    ),
                ),
                (
                    "funnel",
                    crm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="funnels.funnel",
                    ),
                ),
                (
                    "team",
                    crm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.team",
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
            name="AssignmentDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "policy",
                    models.CharField(
                        choices=[
                            ("off", "Off"),
                            ("turns", "By turns"),
                            ("least", "Whoever has the fewest open"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("message", "They wrote"),
                            ("freed", "It was nobody's any more"),
                            ("placed", "It was put here"),
                            ("queue", "It waited for somebody to be free"),
                            ("away", "Its assignee was away for too long"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("turn", "It was their turn"),
                            ("least", "They had the fewest open"),
                            ("sticky", "It had been theirs before"),
                            ("nobody", "Nobody could take it: it waits"),
                        ],
                        max_length=8,
                    ),
                ),
                ("eligible", models.JSONField(default=list)),
                ("skipped", models.JSONField(default=list)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "chosen",
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
                (
                    "rule",
                    crm.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="inbox.assignmentrule",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="AssignmentSeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("takes_part", models.BooleanField(default=True)),
                ("weight", models.PositiveSmallIntegerField(default=1)),
                ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "membership",
                    crm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.membership",
                    ),
                ),
                (
                    "rule",
                    crm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="inbox.assignmentrule",
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
            name="WaitingLead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("message", "They wrote"),
                            ("freed", "It was nobody's any more"),
                            ("placed", "It was put here"),
                            ("queue", "It waited for somebody to be free"),
                            ("away", "Its assignee was away for too long"),
                        ],
                        max_length=8,
                    ),
                ),
                ("without", models.BigIntegerField(blank=True, null=True)),
                ("is_told", models.BooleanField(default=False)),
                (
                    "since",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "lead",
                    crm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.lead"
                    ),
                ),
                (
                    "rule",
                    crm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inbox.assignmentrule",
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
            model_name="assignmentrule",
            index=models.Index(
                condition=models.Q(("team__isnull", False)),
                fields=["workspace", "team"],
                name="assignment_rule_team",
            ),
        ),
        migrations.AddIndex(
            model_name="assignmentrule",
            index=models.Index(
                condition=models.Q(
                    ("away_minutes__isnull", False), models.Q(("policy", "off"), _negated=True)
                ),
                fields=["id"],
                name="assignment_rule_away_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignmentrule",
            constraint=models.UniqueConstraint(
                fields=("workspace", "id"), name="inbox_assignmentrule_parent"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignmentrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("channel", None), ("funnel", None)),
                fields=("workspace",),
                name="assignment_rule_inbox",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignmentrule",
            constraint=models.UniqueConstraint(
                fields=("workspace", "channel"), name="assignment_rule_channel"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignmentrule",
            constraint=models.UniqueConstraint(fields=("workspace", "funnel"), name="assignment_rule_funnel"),
        ),
        migrations.AddConstraint(
            model_name="assignmentrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel", None), ("funnel", None), _connector="OR"),
                name="assignment_rule_one_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignmentrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("policy__in", ["off", "turns", "least"])), name="assignment_rule_policy"
            ),
        ),
        migrations.AddIndex(
            model_name="assignmentdecision",
            index=models.Index(fields=["workspace", "-created_at", "-id"], name="decision_latest"),
        ),
        migrations.AddIndex(
            model_name="assignmentdecision",
            index=models.Index(fields=["workspace", "lead", "-id"], name="decision_of_lead"),
        ),
        migrations.AddIndex(
            model_name="assignmentdecision",
            index=models.Index(fields=["workspace", "rule", "-created_at", "-id"], name="decision_of_rule"),
        ),
        migrations.AddIndex(
            model_name="assignmentdecision",
            index=models.Index(
                condition=models.Q(("created_at__isnull", False)),
                fields=["created_at"],
                name="decision_age_due",
            ),
        ),
        migrations.AddIndex(
            model_name="assignmentseat",
            index=models.Index(fields=["workspace", "membership"], name="assignment_seat_of"),
        ),
        migrations.AddConstraint(
            model_name="assignmentseat",
            constraint=models.UniqueConstraint(
                fields=("workspace", "rule", "membership"), name="assignment_seat_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignmentseat",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__range", (1, 10))), name="assignment_seat_weight"
            ),
        ),
        migrations.AddIndex(
            model_name="waitinglead",
            index=models.Index(fields=["workspace", "rule", "since", "id"], name="waiting_lead_order"),
        ),
        migrations.AddConstraint(
            model_name="waitinglead",
            constraint=models.UniqueConstraint(fields=("workspace", "lead"), name="waiting_lead_once"),
        ),
        TenantForeignKey("assignmentrule", "channel"),
        TenantForeignKey("assignmentrule", "funnel"),
        TenantForeignKey("assignmentrule", "team"),
        TenantForeignKey("assignmentseat", "rule"),
        TenantForeignKey("assignmentseat", "membership"),
        TenantForeignKey("assignmentdecision", "lead"),
        TenantForeignKey("assignmentdecision", "rule"),
        TenantForeignKey("assignmentdecision", "chosen"),
        TenantForeignKey("waitinglead", "lead"),
        TenantForeignKey("waitinglead", "rule"),
    ]
