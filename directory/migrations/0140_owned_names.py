"""The names of leads that somebody has, and the triggers that keep them: see directory.models.owned."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import crm.tenancy.fields
from crm.tenancy.operations import TenantForeignKey
from directory.operations import OWNED_NAMES


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0130_archived_apart"),
        migrations.swappable_dependency(settings.TENANT_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnedName",
            fields=[
                (
                    "lead",
                    crm.tenancy.fields.TenantOneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="directory.lead",
                        unindexed="the primary key",
                    ),
                ),
                ("assignee_id", models.BigIntegerField()),
                ("name_key", models.TextField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.TENANT_MODEL,
                    ),
                ),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        TenantForeignKey("ownedname", "lead", on_delete="CASCADE"),
        OWNED_NAMES,
    ]
