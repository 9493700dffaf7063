"""References are checked by a function of each table's own, which does not ask the catalogue for its keys each time."""

from importlib import import_module

from django.db import migrations

from crm.tenancy.operations import CheckReferences

WRITTEN = import_module("directory.migrations.0142_references_checked").WRITTEN


class Migration(migrations.Migration):
    atomic = False  # one table is locked at a time

    dependencies = [("directory", "0143_segment_sort_longer")]

    operations = [
        *(CheckReferences(model) for model in WRITTEN),
        migrations.RunSQL("DROP FUNCTION IF EXISTS crm_check_references()", migrations.RunSQL.noop),
    ]
