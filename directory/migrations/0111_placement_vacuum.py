"""Placements are vacuumed after one change in fifty, not one in five.

Lists walk their indexes alone. Of a page of the table that has changed since, PostgreSQL has to look at each row again:
after 30,000 changes in two million rows more than half of all pages were so, and a walk took five times as long.
"""

from django.db import migrations

TABLE = "ALTER TABLE directory_placement"


class Migration(migrations.Migration):
    dependencies = [("directory", "0110_own_by_creation")]

    operations = [
        migrations.RunSQL(
            f"{TABLE} SET (autovacuum_vacuum_scale_factor = 0.02)",
            f"{TABLE} RESET (autovacuum_vacuum_scale_factor)",
        )
    ]
