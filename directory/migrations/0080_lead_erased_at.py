from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0076_external_ids")]

    operations = [
        migrations.AddField("lead", "erased_at", models.DateTimeField(blank=True, null=True)),
    ]
