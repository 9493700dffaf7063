"""Who answers a conversation at the provider: another app, until a time."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inbox", "0051_rules_indexes")]

    operations: ClassVar = [
        migrations.AddField("session", "held_until", models.DateTimeField(blank=True, null=True)),
    ]
