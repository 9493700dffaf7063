"""Which lead one was merged into: kept within the workspace, and found, without holding up writes to a large table."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0085_merge")]

    operations = [
        TenantForeignKey("Lead", "merged_into"),
        AddIndexConcurrently(
            "lead",
            models.Index(
                name="lead_merged_into",
                fields=["workspace", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
            ),
        ),
    ]
