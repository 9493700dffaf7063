from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0066_list_indexes")]

    operations = [
        migrations.AddField("lead", "erased_at", models.DateTimeField(blank=True, null=True)),
    ]
