"""Whose a lead is for good: held by PostgreSQL, found by person. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0061_lead_card")]

    operations = [
        TenantForeignKey("lead", "manager"),
        AddIndexConcurrently(
            "lead",
            models.Index(
                name="lead_managed",
                fields=["workspace", "manager"],
                condition=models.Q(("manager__isnull", False)),
            ),
        ),
    ]
