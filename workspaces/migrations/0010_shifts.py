"""Availability that follows the business hours."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0004_webhooks_replayed")]

    operations = [
        migrations.AddField(
            "membership", "follows_hours", models.BooleanField(default=False, db_default=False)
        ),
        migrations.AddField("membership", "turns_at", models.DateTimeField(blank=True, null=True)),
    ]
