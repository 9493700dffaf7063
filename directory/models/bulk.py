"""Acts on many leads at once: what was done, on which leads it is still to be done, and what each was before.

    BulkAct     one for each act, with what it does (`kind`, `params`) and how it went, in numbers
    BulkBatch   the leads it is still to be done on, in the order of their ids; gone when it was done on them
    BulkRow     what a lead was before (`before`), or why nothing was done to it (`refused`)

Kept for 30 days, as long as an act can be taken back.
"""

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from crm.jobs.models import Job
from crm.tenancy import TenantManager, TenantModel, TenantPart, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from directory.models.lead import Lead
from workspaces.models import Membership

KEPT = timedelta(days=30)
_PEOPLE_STAY = "memberships go only with their workspace or their person"


class BulkActQuerySet(TenantQuerySet["BulkAct"]):
    def visible_to(self, membership: Membership) -> "BulkActQuerySet":
        """One's own; everyone's to owner and admins, who see all leads."""
        return self.filter(asker=membership) if membership.is_seller else self

    def kept(self) -> "BulkActQuerySet":
        return self.filter(created_at__gte=Now() - KEPT)

    def with_people(self) -> "BulkActQuerySet":
        return self.select_related("asker__user", "undone_by__user", "job", "undo_job")


class BulkAct(TenantModel):
    """`key` is the browser's own, so that a double click is one act. Numbers count leads: `total` when it began, then
    `changed`, `already` (as the act would have them), `gone` (deleted, or out of sight), and `refused` by why. `given`
    is what each person got of it, {membership: leads}.
    """

    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=24)  # of directory.bulk.acts
    params = models.JSONField(default=dict, blank=True)
    asker = TenantForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+", unindexed=_PEOPLE_STAY
    )
    job = TenantForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    total = models.PositiveIntegerField()
    changed = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=dict, blank=True)
    given = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    # Taking it back: once.
    undo_begun_at = models.DateTimeField(null=True, blank=True)
    undone_by = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed=_PEOPLE_STAY,
    )
    undo_job = TenantForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undone = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=dict, blank=True)  # as it is, by why
    undo_ended_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(BulkActQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(name="bulk_act_once", fields=["workspace", "asker", "key"]),
            models.CheckConstraint(
                name="bulk_act_undo",
                condition=models.Q(undo_ended_at=None) | models.Q(undo_begun_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="bulk_act_newest", fields=["workspace", "-id"]),
            models.Index(name="bulk_act_own", fields=["workspace", "asker", "-id"]),
            # Of the deletion of jobs.
            models.Index(
                name="bulk_act_job", fields=["workspace", "job"], condition=models.Q(job__isnull=False)
            ),
            models.Index(
                name="bulk_act_undo_job",
                fields=["workspace", "undo_job"],
                condition=models.Q(undo_job__isnull=False),
            ),
            # Of the sweeps, through all workspaces: what ended without a word, and what is old.
            models.Index(name="bulk_act_open_due", fields=["id"], condition=models.Q(ended_at=None)),
            models.Index(
                name="bulk_act_undo_due",
                fields=["id"],
                condition=models.Q(undo_begun_at__isnull=False, undo_ended_at=None),
            ),
            models.Index(
                name="bulk_act_old_due", fields=["created_at"], condition=models.Q(created_at__isnull=False)
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_undoing(self) -> bool:
        return self.undo_begun_at is not None and self.undo_ended_at is None

    @property
    def can_be_undone(self) -> bool:
        """But for what its kind says, and what its reader may."""
        is_over = self.ended_at is not None or (self.job is not None and not self.job.is_open)
        return (
            is_over and self.undo_begun_at is None and self.changed > 0 and timezone.now() < self.kept_until
        )

    @property
    def refusals(self) -> int:
        return sum(self.refused.values())

    @property
    def lefts(self) -> int:
        return sum(self.left.values())

    @property
    def untouched(self) -> int:
        """Of an act that was called off, or failed: what it did not come to."""
        return max(0, self.total - self.changed - self.already - self.gone - self.refusals)

    @property
    def kept_until(self) -> datetime:
        return self.created_at + KEPT


class BulkBatch(TenantPart):
    act = TenantForeignKey(BulkAct, on_delete=models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField()
    leads = ArrayField(models.BigIntegerField())

    class Meta(TenantPart.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="bulk_batch_once", fields=["workspace", "act", "number"])
        ]


class BulkRowQuerySet(TenantQuerySet["BulkRow"]):
    def to_take_back(self) -> "BulkRowQuerySet":
        return self.filter(refused="").order_by("lead_id")


class BulkRow(TenantPart):
    """`before` is of the kind's own making. `refused` and `left` are codes of `directory.bulk.words`, with what they
    are about after a colon."""

    act = TenantForeignKey(BulkAct, on_delete=models.CASCADE, related_name="rows")
    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(null=True, blank=True)
    refused = models.CharField(max_length=200, default="", db_default="", blank=True)
    left = models.CharField(max_length=40, default="", db_default="", blank=True)

    objects = TenantManager.from_queryset(BulkRowQuerySet)()

    class Meta(TenantPart.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="bulk_row_once", fields=["workspace", "act", "lead"])
        ]
        indexes: ClassVar = [
            models.Index(name="bulk_row_of_lead", fields=["workspace", "lead"]),
            # Which were refused, and which were left when it was taken back: few, and shown.
            models.Index(
                name="bulk_row_refused",
                fields=["workspace", "act", "lead"],
                condition=~models.Q(refused=""),
            ),
            models.Index(
                name="bulk_row_left", fields=["workspace", "act", "lead"], condition=~models.Q(left="")
            ),
        ]
