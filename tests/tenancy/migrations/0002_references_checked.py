"""By itself: Django adds a key to the workspace at the end of the migration that makes the table."""

from django.db import migrations

from crm.tenancy.operations import CheckReferences


class Migration(migrations.Migration):
    dependencies = [("tenancy_tests", "0001_initial")]

    operations = [CheckReferences("book")]
