"""A segment may be sorted by a field of the workspace's own, whose key is long."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0142_references_checked")]

    operations = [
        migrations.AlterField("segment", "sort", models.CharField(blank=True, default="", max_length=80)),
    ]
