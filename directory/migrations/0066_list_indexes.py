"""What the directory is ordered and filtered by, read from indexes. Built beside the traffic."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from directory.models.lead import Fold

LEAD = [
    models.Index(name="lead_by_created", fields=["workspace", "created_at", "id"]),
    models.Index(name="lead_by_source", fields=["workspace", "source", "direction", "id"]),
    models.Index(
        models.F("workspace"),
        Fold(models.F("city")),
        models.F("id"),
        name="lead_by_city",
        condition=models.Q(("city__gt", "")),
    ),
    django.contrib.postgres.indexes.GinIndex(
        models.F("workspace"),
        django.contrib.postgres.indexes.OpClass(Fold(models.F("city")), "gin_trgm_ops"),
        name="lead_city_parts",
        condition=models.Q(("city__gt", "")),
    ),
]
PLACEMENT = [
    models.Index(
        name="placement_outcome",
        fields=["workspace", "outcome", "closed_at", "lead"],
        condition=models.Q(("outcome__gt", "")),
    ),
    models.Index(
        name="placement_worth",
        fields=["workspace", "value", "lead"],
        condition=models.Q(("value__isnull", False)),
    ),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0065_segments")]

    operations = [
        *(AddIndexConcurrently("lead", index) for index in LEAD),
        *(AddIndexConcurrently("placement", index) for index in PLACEMENT),
    ]
