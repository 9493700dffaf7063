"""How many leads there are, by all that a column's head or a list's tab may ask.

A statement-level trigger on the placements inserts the differences, in the order of the key; whoever asks sums them; a
sweep folds what has gathered. A counter that is updated in place deadlocks where two moves cross.
"""

from collections.abc import Collection
from decimal import Decimal
from typing import ClassVar

from django.db import models

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet


class TallyQuerySet(TenantQuerySet["Tally"]):
    def total(self) -> int:
        return self.aggregate(total=models.Sum("amount"))["total"] or 0

    def open_by_assignee(self, people: Collection[int]) -> dict[int, int]:
        """What each of these memberships holds: neither archived, nor won or lost, nor finished."""
        rows = self.filter(assignee_id__in=people, is_archived=False, outcome="").exclude(status="done")
        return dict(rows.order_by().values_list("assignee_id").annotate(total=models.Sum("amount")))

    def by_stage(self) -> dict[int | None, int]:
        return {stage: total for stage, total, _worth in self.sums_by_stage()}

    def sums_by_stage(self) -> "models.QuerySet[Tally, tuple[int | None, int, Decimal]]":
        """(stage, how many, worth how much)."""
        sums = {"total": models.Sum("amount"), "worth": models.Sum("value")}
        return self.order_by().values_list("stage_id").annotate(**sums)


class Tally(TenantModel):
    """One difference, or a folded sum. Numbers, not references: the trigger writes them, and a stage that is deleted
    has none left."""

    stage_id = models.BigIntegerField(null=True)
    assignee_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=9)
    outcome = models.CharField(max_length=4)
    is_archived = models.BooleanField()
    amount = models.IntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=2, default=0, db_default=0)  # of them together
    is_folded = models.BooleanField(
        default=False, db_default=False
    )  # a sum of differences, see directory.tallies

    objects = TenantManager.from_queryset(TallyQuerySet)()

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(
                name="tally_sums",
                fields=["workspace", "is_archived", "outcome", "stage_id", "assignee_id", "status"],
                include=["amount", "value"],
            ),
            # By which the sweep finds in all workspaces what is to be folded.
            models.Index(
                name="tally_unfolded_due", fields=["workspace"], condition=models.Q(is_folded=False)
            ),
        ]
