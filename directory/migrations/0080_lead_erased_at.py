from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0053_rules_stage_age")]

    operations = [
        migrations.AddField("lead", "erased_at", models.DateTimeField(blank=True, null=True)),
    ]
