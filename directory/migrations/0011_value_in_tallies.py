"""A value is never below zero; a board's heads read sums of values from the index. Beside the traffic."""

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("directory", "0010_value")]

    operations = [
        AddConstraintNotValid(
            model_name="placement",
            constraint=models.CheckConstraint(
                condition=models.Q(("value", None), ("value__gte", 0), _connector="OR"),
                name="placement_value",
            ),
        ),
        ValidateConstraint(model_name="placement", name="placement_value"),
        AddIndexConcurrently(
            "tally",
            models.Index(
                name="tally_sums",
                fields=["workspace", "is_archived", "outcome", "stage_id", "assignee_id", "status"],
                include=["amount", "value"],
            ),
        ),
        RemoveIndexConcurrently("tally", "tally_key"),
    ]
