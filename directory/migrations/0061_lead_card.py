"""Who a lead is, in parts: names, addresses, personal manager, links to their profiles."""

import crm.tenancy.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0060_custom_fields"),
        ("workspaces", "0050_rules_verbs"),
    ]

    operations = [
        migrations.CreateModel(
            name="SocialProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.CharField(max_length=12)),
                ("url", models.CharField(max_length=300)),
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
        migrations.AddField(
            model_name="lead",
            name="address",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="address"
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="delivery_address",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="delivery address"
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="first_name",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=50, verbose_name="first name"
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="ip",
            field=models.GenericIPAddressField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="lead",
            name="last_name",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=50, verbose_name="last name"
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="manager",
            field=crm.tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workspaces.membership",
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="second_name",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=50, verbose_name="second name"
            ),
        ),
        migrations.AddField(
            model_name="socialprofile",
            name="lead",
            field=crm.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="profiles", to="directory.lead"
            ),
        ),
        migrations.AddField(
            model_name="socialprofile",
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
            model_name="socialprofile",
            constraint=models.UniqueConstraint(
                fields=("workspace", "lead", "url"), name="social_profile_once"
            ),
        ),
        TenantForeignKey("socialprofile", "lead"),
    ]
