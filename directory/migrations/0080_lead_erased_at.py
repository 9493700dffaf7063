from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0060_custom_fields")]

    operations = [
        migrations.AddField("lead", "erased_at", models.DateTimeField(blank=True, null=True)),
    ]
