"""A phone that a stranger claimed is told from one that we were given."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0006_bench_waiting_and_starred")]

    operations = [
        migrations.AddField(
            "contactpoint", "is_claimed", models.BooleanField(default=False, db_default=False)
        ),
    ]
