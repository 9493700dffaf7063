"""Events that name another lead, found when that one goes. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.fields.json import KeyTransform


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0080_lead_erased_at")]

    operations = [
        AddIndexConcurrently(
            "event",
            models.Index(
                "workspace",
                KeyTransform("other", "facts"),
                name="event_of_other",
                condition=models.Q(("facts__has_key", "other")),
            ),
        )
    ]
