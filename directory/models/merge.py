"""Two leads that became one, and all that is needed to take it back."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from directory.models.lead import Lead
from workspaces.models import Membership

UNDO_FOR = timedelta(days=30)


class MergeQuerySet(TenantQuerySet["Merge"]):
    def into(self, lead: Lead) -> Self:
        """Of leads that are in this one now, the latest first."""
        return self.filter(kept=lead).exclude(state=Merge.State.UNDONE).order_by("-id")

    def under_way(self) -> Self:
        return self.filter(state__in=(Merge.State.MOVING, Merge.State.SPLITTING))


class Merge(TenantModel):
    """`before` is what both were, for the undo: {"kept": {field: [old, new]}, "placed": {…}, "gone": {column: value},
    and what participants keep under their own names}. It holds what people wrote, and is emptied with the lead."""

    class State(models.TextChoices):
        MOVING = "moving", _("Under way")
        DONE = "done", _("Merged")
        SPLITTING = "splitting", _("Being undone")
        UNDONE = "undone", _("Undone")

    kept = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    gone = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    by = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )
    state = models.CharField(max_length=9, choices=State, default=State.MOVING)
    before = models.JSONField(default=dict)
    stayed = models.JSONField(default=dict, blank=True)  # of an undo: {table: how many rows stayed}
    step = models.PositiveIntegerField(default=0)  # of the work that moves the rest
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    undone_by = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(MergeQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(
                name="merge_once",
                fields=["workspace", "gone"],
                condition=~models.Q(state="undone"),
            ),
            models.CheckConstraint(name="merge_of_two", condition=~models.Q(kept=models.F("gone"))),
        ]
        indexes: ClassVar = [
            models.Index(name="merge_into", fields=["workspace", "kept", "-id"]),
            models.Index(name="merge_of", fields=["workspace", "gone"]),
        ]

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.MOVING, self.State.SPLITTING)

    @property
    def undo_until(self) -> datetime:
        return self.created_at + UNDO_FOR

    @property
    def can_be_undone(self) -> bool:
        """Not where the personal data that it needs were erased."""
        return self.state == self.State.DONE and bool(self.before) and timezone.now() < self.undo_until


class MovedRows(TenantModel):
    """Rows of one table that a merge moved from `gone` to `kept`: their ids, a batch a row."""

    merge = TenantForeignKey(Merge, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=60)  # "inbox.Message"
    ids = ArrayField(models.BigIntegerField())
    is_back = models.BooleanField(default=False)  # the undo moved them back

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(name="moved_rows_of", fields=["workspace", "merge", "table"])]


class SetAside(TenantModel):
    """A row that the two could not both have (the same tag, the same phone): taken out, and put back by the undo."""

    merge = TenantForeignKey(Merge, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=60)
    row = models.JSONField()

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(name="set_aside_of", fields=["workspace", "merge", "table"])]
