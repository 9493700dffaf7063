"""Leads by what another system calls them. Beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0075_imports")]

    operations = [
        AddIndexConcurrently(
            "lead",
            models.Index(
                name="lead_external_id",
                fields=["workspace", "external_id"],
                condition=~models.Q(external_id=""),
            ),
        ),
    ]
