"""Rows that are a lead's own have their workspace by the key to the lead (see crm.tenancy.models.TenantPart).

Each constraint goes by itself, since dropping one locks the table and that of the workspaces for a moment.
"""

import django.db.models.deletion
from django.db import migrations, models

PARTS = (
    "bulkbatch",
    "bulkrow",
    "contactpoint",
    "customvalue",
    "event",
    "importrow",
    "leadtag",
    "placement",
    "socialprofile",
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("directory", "0091_own_columns_with_filters"),
        ("workspaces", "0090_import_verbs"),
    ]
    operations = [
        migrations.AlterField(
            model_name=name,
            name="workspace",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workspaces.workspace",
            ),
        )
        for name in PARTS
    ]
