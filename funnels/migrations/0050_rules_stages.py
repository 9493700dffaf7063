"""What a stage asks for, and when a lead is stale in it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funnels", "0002_board_colours")]

    operations = [
        migrations.AddField(
            "stage", "required_keys", models.CharField(blank=True, db_default="", default="", max_length=500)
        ),
        migrations.AddField("stage", "stale_days", models.PositiveSmallIntegerField(blank=True, null=True)),
    ]
