import crm.tenancy.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ParkedChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("target", models.CharField(max_length=200)),
                ("external_id", models.CharField(max_length=200)),
                (
                    "change",
                    models.CharField(
                        choices=[("reaction", "Reaction"), ("edit", "Edit"), ("revocation", "Revocation")],
                        max_length=10,
                    ),
                ),
                ("is_echo", models.BooleanField(default=False)),
                ("data", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
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
        migrations.RemoveIndex(
            model_name="rawrequest",
            name="raw_unknown_due",
        ),
        migrations.AddIndex(
            model_name="channel",
            index=models.Index(
                condition=models.Q(("removed_at", None), models.Q(("account_id", ""), _negated=True)),
                fields=["kind", "account_id"],
                name="channel_account_due",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("reply_to_external_id", ""), _negated=True),
                fields=["workspace", "channel", "reply_to_external_id"],
                name="message_quoting",
            ),
        ),
        migrations.AddIndex(
            model_name="rawrequest",
            index=models.Index(
                condition=models.Q(
                    ("unknown_receivers__gt", 0), models.Q(("error", ""), _negated=True), _connector="OR"
                ),
                fields=["-id"],
                name="raw_troubled_due",
            ),
        ),
        migrations.AddField(
            model_name="parkedchange",
            name="channel",
            field=crm.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inbox.channel"
            ),
        ),
        migrations.AddField(
            model_name="parkedchange",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workspaces.workspace",
            ),
        ),
        migrations.AddConstraint(
            model_name="parkedchange",
            constraint=models.UniqueConstraint(
                fields=("workspace", "channel", "target", "external_id"), name="parked_change_once"
            ),
        ),
        TenantForeignKey("parkedchange", "channel"),
    ]
