from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.work.models.lane import Lane


class State(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    CLAIMED = "claimed", _("Under way")
    SENT = "sent", _("Sent")
    RETRY = "retry", _("Will be tried again")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Outcome unknown")
    DISCARDED = "discarded", _("Discarded")


WAITING = (State.QUEUED, State.RETRY)
IN_FLIGHT = (State.CLAIMED, State.UNKNOWN)
FINISHED = (State.SENT, State.FAILED, State.DISCARDED)
NEEDS_A_PERSON = (State.FAILED, State.UNKNOWN)
RETRIABLE = (*NEEDS_A_PERSON, State.RETRY)
DISCARDABLE = (*NEEDS_A_PERSON, *WAITING)


class ItemQuerySet(models.QuerySet["Item", "Item"]):
    def waiting(self) -> Self:
        return self.filter(state__in=WAITING)

    def due(self) -> Self:
        return self.waiting().filter(due_at__lte=Now())

    def expired(self) -> Self:
        """Claimed by someone who has not reported in time."""
        return self.filter(state=State.CLAIMED, lease_until__lt=Now())

    def needs_a_person(self) -> Self:
        return self.filter(state__in=NEEDS_A_PERSON)


class Item(models.Model):
    """One thing to be done later or outside: a message to send, a reminder that falls due.

    queued ──→ claimed ──→ sent
      ↑          │ ├─────→ failed      permanent, or too often
    retry ←──────┘ └─────→ unknown     the lease ended, or the provider fell silent after our last word
                             └──→ sent | failed (`settle`), retry (idempotent kinds, or a person), discarded
    """

    kind = models.CharField(max_length=60)
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="items", db_index=False)
    key = models.CharField(max_length=100, default="", blank=True)  # the conversation; empty: in no order
    workspace_id = models.BigIntegerField(null=True)  # no foreign key: what leaves may outlive the workspace
    payload = models.JSONField(default=dict)  # small: ids, never bodies
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)  # whose attempt it is; an answer counts only with it
    lease_until = models.DateTimeField(null=True)
    correlation = models.CharField(max_length=100)  # ours, known to the provider where it takes one
    reference = models.CharField(max_length=200, default="", blank=True)  # the provider's
    error_code = models.CharField(max_length=60, default="", blank=True)
    error = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "correlation"], name="work_item_correlation"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="work_item_state"),
            models.CheckConstraint(
                condition=models.Q(state=State.CLAIMED, lease_until__isnull=False, claim__isnull=False)
                | (~models.Q(state=State.CLAIMED) & models.Q(lease_until__isnull=True)),
                name="work_item_lease",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=FINISHED, finished_at__isnull=False)
                | (~models.Q(state__in=FINISHED) & models.Q(finished_at__isnull=True)),
                name="work_item_finished",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "due_at", "id"], condition=models.Q(state__in=WAITING), name="work_item_due"
            ),
            # The two questions of "none behind an unfinished one".
            models.Index(
                fields=["lane", "key", "id"],
                condition=models.Q(state__in=WAITING) & ~models.Q(key=""),
                name="work_item_line_due",
            ),
            models.Index(
                fields=["lane", "key"], condition=models.Q(state__in=IN_FLIGHT), name="work_item_flight_due"
            ),
            models.Index(
                fields=["lease_until"], condition=models.Q(state=State.CLAIMED), name="work_item_lease_due"
            ),
            models.Index(
                fields=["kind", "state", "id"],
                condition=~models.Q(state__in=(State.SENT, State.DISCARDED)),
                name="work_item_open_due",
            ),
            models.Index(
                fields=["finished_at"],
                condition=models.Q(finished_at__isnull=False),
                name="work_item_done_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.correlation}: {self.state}"

    @property
    def needs_a_person(self) -> bool:
        return self.state in NEEDS_A_PERSON

    @property
    def may_be_retried(self) -> bool:
        return self.state in RETRIABLE

    @property
    def may_be_discarded(self) -> bool:
        return self.state in DISCARDABLE
