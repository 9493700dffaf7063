from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0070_bulk")]

    operations = [
        migrations.AddField("lead", "erased_at", models.DateTimeField(blank=True, null=True)),
    ]
