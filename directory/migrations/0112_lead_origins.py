"""Leads by where they came from, and by parts of what another system calls them. Beside the traffic."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from directory.models.lead import Fold

CAME = models.Q(("came_from__gt", ""))
CALLED = models.Q(("external_id__gt", ""))


def parts(name: str, column: str, condition: models.Q) -> django.contrib.postgres.indexes.GinIndex:
    return django.contrib.postgres.indexes.GinIndex(
        models.F("workspace"),
        django.contrib.postgres.indexes.OpClass(Fold(models.F(column)), "gin_trgm_ops"),
        name=name,
        condition=condition,
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0111_placement_vacuum")]

    operations = [
        AddIndexConcurrently(
            "lead",
            models.Index(
                models.F("workspace"),
                Fold(models.F("came_from")),
                models.F("id"),
                name="lead_by_origin",
                condition=CAME,
            ),
        ),
        AddIndexConcurrently("lead", parts("lead_origin_parts", "came_from", CAME)),
        AddIndexConcurrently("lead", parts("lead_external_parts", "external_id", CALLED)),
    ]
