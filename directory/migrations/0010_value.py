"""What a lead may be worth. Columns without a rewrite; the trigger sums values beside counting."""

from django.db import migrations, models

from directory.operations import COUNT


class Migration(migrations.Migration):
    dependencies = [("directory", "0009_own_columns_in_every_order")]

    operations = [
        migrations.AddField(
            model_name="placement",
            name="value",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name="tally",
            name="value",
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=20),
        ),
        COUNT,
    ]
