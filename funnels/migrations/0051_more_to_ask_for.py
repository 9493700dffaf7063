"""A stage may ask for any of a hundred fields of the workspace's own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("funnels", "0050_rules_stages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="stage",
            name="required_keys",
            field=models.CharField(blank=True, db_default="", default="", max_length=2000),
        ),
    ]
