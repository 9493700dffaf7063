"""An import of leads from a file: what was given, how it is read, how far it came, what it made of each row."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantPart, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from directory.models.lead import Lead
from workspaces.models import Membership

UNDO_FOR = timedelta(days=30)


class ImportState(models.TextChoices):
    """Where it stands. Reading, checking, running and undoing are jobs; the others wait for a person."""

    READING = "reading", _("Reading the file")
    BROKEN = "broken", _("Cannot be read")
    MAPPING = "mapping", _("Columns to choose")
    OPTIONS = "options", _("Options to choose")
    CHECKING = "checking", _("Trial run under way")
    CHECKED = "checked", _("Ready to import")
    RUNNING = "running", _("Importing")
    DONE = "done", _("Imported")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


AT_WORK = (ImportState.READING, ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
OPEN_TO_CHANGE = (
    ImportState.BROKEN,
    ImportState.MAPPING,
    ImportState.OPTIONS,
    ImportState.CHECKED,
)


class RowOutcome(models.TextChoices):
    CREATED = "created", _("Created")
    UPDATED = "updated", _("Updated")
    SKIPPED = "skipped", _("Skipped")
    REFUSED = "refused", _("Refused")


class ImportQuerySet(TenantQuerySet["Import"]):
    def visible_to(self, membership: Membership) -> "ImportQuerySet":
        """One's own; everyone's to owner and admins."""
        return self.filter(by=membership) if membership.is_seller else self

    def newest(self) -> "ImportQuerySet":
        return self.order_by("-id")

    def ran(self) -> "ImportQuerySet":
        return self.filter(started_at__isnull=False)


class Import(TenantModel):
    """`mapping` has a target's key for each column, "" for what is left out; `options` is `importing.options.Options`.

    `position` is the number of the last row that was taken, moved in the transaction of its effects: whoever goes on
    after a killed worker begins there. The counts are of rows and move with it.
    """

    by = TenantForeignKey(
        Membership,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )
    state = models.CharField(max_length=8, choices=ImportState, default=ImportState.READING)
    problem = models.CharField(max_length=30, blank=True, default="")  # a code of `importing.reasons`
    job_id = models.BigIntegerField(
        null=True, blank=True
    )  # of what is under way; jobs are forgotten after a while
    name = models.CharField(max_length=150)  # of the file
    kind = models.CharField(max_length=4, choices=[("csv", "CSV"), ("xlsx", "Excel")])
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)  # SHA-256: the same file again is told
    # Names in the storage: what was given, its rows as text (of a spreadsheet), what was refused.
    file = models.CharField(max_length=255, blank=True, default="")
    table = models.CharField(max_length=255, blank=True, default="")
    refused_file = models.CharField(max_length=255, blank=True, default="")
    layout = models.JSONField(default=dict, blank=True)  # encoding, delimiter, sheets, sheet, has_header
    profile = models.JSONField(default=dict, blank=True)  # headers, samples, total, first
    mapping = models.JSONField(default=list, blank=True)
    options = models.JSONField(default=dict, blank=True)
    report = models.JSONField(default=dict, blank=True)  # of the trial run
    made = models.JSONField(
        default=dict, db_default={}, blank=True
    )  # tags and fields made on the way, their numbers
    position = models.BigIntegerField(default=0)
    created = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    undone = models.JSONField(
        default=dict, blank=True
    )  # of an undo: how many were removed, restored, left and why
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(ImportQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.CheckConstraint(name="import_state", condition=models.Q(state__in=ImportState.values)),
        ]
        indexes: ClassVar = [models.Index(name="import_same_file", fields=["workspace", "digest"])]

    def __str__(self) -> str:
        return self.name

    @property
    def total(self) -> int:
        return int(self.profile.get("total", 0))

    @property
    def taken(self) -> int:
        """Rows that are decided."""
        return self.created + self.updated + self.skipped + self.refused

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def can_change(self) -> bool:
        return self.state in OPEN_TO_CHANGE

    @property
    def undo_until(self) -> datetime | None:
        return self.finished_at + UNDO_FOR if self.finished_at else None

    @property
    def can_be_undone(self) -> bool:
        until = self.undo_until
        return self.state == ImportState.DONE and until is not None and timezone.now() < until


class ImportRow(TenantPart):
    """What became of a row. `changes` is what undoing asks: {field: [old, new]} of a lead that was there.

    `problems` is [[column, code, arguments], …] of what was refused; `lead` the one that the row made, changed or met.
    The unique number is what keeps a row from being taken twice, whoever tries.
    """

    of = TenantForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.IntegerField()  # as a spreadsheet counts: the first line is 1
    outcome = models.CharField(max_length=8, choices=RowOutcome)
    lead = TenantForeignKey(Lead, null=True, on_delete=models.CASCADE, related_name="+")
    changes = models.JSONField(default=dict, db_default={}, blank=True)
    problems = models.JSONField(default=list, db_default=[], blank=True)

    class Meta(TenantPart.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="import_row_once", fields=["workspace", "of", "number"]),
        ]
        indexes: ClassVar = [
            models.Index(
                name="import_row_of_lead",
                fields=["workspace", "lead"],
                condition=models.Q(lead__isnull=False),
            ),
            models.Index(
                name="import_row_refused",
                fields=["workspace", "of", "number"],
                condition=models.Q(outcome="refused"),
            ),
        ]
