"""Where a lead stands: one narrow row each, archived ones too. What boards, lists, tallies and visibility ask is here.

A message or a move writes this row, never the wide one with the search index.
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantPart, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey, TenantOneToOneField
from directory.models.lead import Lead
from directory.models.reason import CloseReason
from workspaces.models import Membership


class Status(models.TextChoices):
    """How it goes, whatever the stage. The order is that of the menus."""

    NEUTRAL = "neutral", _("Neutral")
    URGENT = "urgent", _("Urgent")
    IMPORTANT = "important", _("Important")
    PENDING = "pending", _("Pending")
    STUCK = "stuck", _("Stuck")
    DONE = "done", _("Finished")


STATUS_MARKS = {
    Status.NEUTRAL: "◻️",
    Status.URGENT: "🔥",
    Status.IMPORTANT: "⭐",
    Status.PENDING: "⏳",
    Status.STUCK: "🧊",
    Status.DONE: "✅",
}


class Outcome(models.TextChoices):
    OPEN = "", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


ON_BOARD = models.Q(is_archived=False, outcome="")
LISTED = models.Q(is_archived=False)
HEARD = models.Q(is_archived=False, last_inbound_id__isnull=False)  # they wrote, and it is listed


class PlacementQuerySet(TenantQuerySet["Placement"]):
    def visible_to(self, membership: Membership) -> "PlacementQuerySet":
        """What the person may see: all to owner and admins; to a seller their own leads, unassigned ones in a granted
        funnel or (in the Inbox) of a granted channel if they see unassigned ones, and any of a funnel granted whole."""
        from directory.visibility import may_see

        return self.filter(may_see(membership))

    def on_board(self) -> "PlacementQuerySet":
        return self.filter(ON_BOARD)

    def listed(self) -> "PlacementQuerySet":
        return self.filter(LISTED)


class Placement(TenantPart):
    lead = TenantOneToOneField(
        Lead,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="placement",
        unindexed="the primary key",
    )
    # Null is the Inbox, the first column of every funnel. The one reference to a floor above.
    stage = TenantForeignKey(
        "funnels.Stage", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    position = models.CharField(max_length=200, db_collation="C")  # a fractional key, see directory.ordering
    stage_since = models.DateTimeField(default=timezone.now, db_default=Now())
    assignee = TenantForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(max_length=9, choices=Status, default=Status.NEUTRAL)
    outcome = models.CharField(max_length=4, choices=Outcome, default=Outcome.OPEN, blank=True)
    close_reason = TenantForeignKey(
        CloseReason, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    # What it may be worth, in the workspace's currency: a board's columns sum it.
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    is_archived = models.BooleanField(default=False)
    is_starred = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())  # the lead's, to sort by
    last_activity_at = models.DateTimeField(
        default=timezone.now, db_default=Now()
    )  # the last message, or creation
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(
        null=True, blank=True
    )  # of the first message nobody has answered: needs reply
    window_ends_at = models.DateTimeField(null=True, blank=True)  # null: no channel of theirs has a window
    # Of the floor above, hence plain numbers: the channel of the last message, and the messages.
    channel_id = models.BigIntegerField(null=True, blank=True)
    last_message_id = models.BigIntegerField(null=True, blank=True)
    last_inbound_id = models.BigIntegerField(null=True, blank=True)  # by arrival: unread is told by it

    objects = TenantManager.from_queryset(PlacementQuerySet)()

    class Meta(TenantPart.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                name="placement_closed",
                condition=models.Q(outcome="", closed_at=None, close_reason=None)
                | (~models.Q(outcome="") & models.Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="placement_value", condition=models.Q(value=None) | models.Q(value__gte=0)
            ),
            models.CheckConstraint(name="placement_status", condition=models.Q(status__in=Status.values)),
            models.CheckConstraint(name="placement_outcome", condition=models.Q(outcome__in=Outcome.values)),
        ]
        indexes: ClassVar = [
            # The board's columns, for who sees them whole and for who sees their own.
            models.Index(
                name="placement_board",
                fields=["workspace", "stage", "-last_activity_at", "-lead"],
                include=[
                    "assignee",
                    "status",
                    "channel_id",
                ],  # a filter is answered without the rows it leaves out
                condition=ON_BOARD,
            ),
            models.Index(
                name="placement_manual", fields=["workspace", "stage", "position", "lead"], condition=ON_BOARD
            ),
            models.Index(
                name="placement_own_manual",
                fields=["workspace", "assignee", "stage", "position", "lead"],
                include=["status", "channel_id"],
                condition=ON_BOARD,
            ),
            models.Index(
                name="placement_own_column",
                fields=["workspace", "assignee", "stage", "-last_activity_at", "-lead"],
                # Filters, and the other orders, which are sorted from it.
                include=["status", "channel_id", "waiting_since", "created_at", "stage_since"],
                condition=ON_BOARD,
            ),
            # The board's other orders: who waits longest, who came last; and what came by a channel and is nobody's.
            models.Index(
                name="placement_column_waiting",
                fields=["workspace", "stage", "waiting_since", "lead"],
                condition=ON_BOARD & models.Q(waiting_since__isnull=False),
            ),
            models.Index(
                name="placement_column_created",
                fields=["workspace", "stage", "-created_at", "-lead"],
                condition=ON_BOARD,
            ),
            models.Index(
                name="placement_of_nobody",
                fields=["workspace", "channel_id", "is_archived", "-last_activity_at", "-lead"],
                include=["outcome", "status"],
                condition=models.Q(stage=None, assignee=None),
            ),
            # The list of conversations: all, a person's, archived, who waits, whose window closes. What it is
            # filtered by is in them, so that a filter is answered without the rows it leaves out.
            models.Index(
                name="placement_recent", fields=["workspace", "-last_activity_at", "-lead"], condition=LISTED
            ),
            models.Index(
                name="placement_of_person",
                fields=["workspace", "assignee", "is_archived", "-last_activity_at", "-lead"],
                include=["stage", "status", "channel_id"],
            ),
            # The directory of who sees their own alone, by creation.
            models.Index(
                name="placement_own_created",
                fields=["workspace", "assignee", "-created_at", "-lead"],
                include=["is_archived", "stage", "status", "channel_id"],
            ),
            # The list by status, by channel, or both: each status and channel is a run of its own.
            models.Index(
                name="placement_kinds",
                fields=["workspace", "is_archived", "status", "channel_id", "-last_activity_at", "-lead"],
                include=["assignee", "stage"],
            ),
            models.Index(
                name="placement_archived",
                fields=["workspace", "-last_activity_at", "-lead"],
                condition=models.Q(is_archived=True),
            ),
            models.Index(
                name="placement_waits",
                fields=["workspace", "is_archived", "waiting_since", "lead"],
                include=["assignee", "stage", "status", "channel_id"],
                condition=models.Q(waiting_since__isnull=False),
            ),
            # Of each person: for the rail of every page, too; and what people starred.
            models.Index(
                name="placement_own_waits",
                fields=["workspace", "assignee", "is_archived", "waiting_since", "lead"],
                include=["stage", "status", "channel_id"],
                condition=models.Q(waiting_since__isnull=False),
            ),
            models.Index(
                name="placement_own_windows",
                fields=["workspace", "assignee", "is_archived", "window_ends_at", "lead"],
                include=["stage", "status", "channel_id"],
                condition=models.Q(window_ends_at__isnull=False),
            ),
            models.Index(
                name="placement_starred",
                fields=["workspace", "-last_activity_at", "-lead"],
                condition=models.Q(is_archived=False, is_starred=True),
            ),
            models.Index(
                name="placement_windows",
                fields=["workspace", "is_archived", "window_ends_at", "lead"],
                include=["assignee", "stage", "status", "channel_id"],
                condition=models.Q(window_ends_at__isnull=False),
            ),
            # Columns of what is closed or archived, lists of who sees a funnel whole; deletes of stages look here, too.
            models.Index(
                name="placement_of_stage",
                fields=["workspace", "stage", "is_archived", "-last_activity_at", "-lead"],
                include=["assignee", "outcome", "status", "channel_id"],
            ),
            # Unread, by arrival: of all, and of one person or of nobody (see docs/decisions/unread.md).
            models.Index(
                name="placement_all_arrived",
                fields=["workspace", "-last_inbound_id", "-lead"],
                include=["assignee", "stage", "status", "channel_id"],
                condition=HEARD,
            ),
            models.Index(
                name="placement_own_heard",
                fields=["workspace", "assignee", "-last_inbound_id", "-lead"],
                include=["stage", "status", "channel_id"],
                condition=HEARD,
            ),
            # Who has been longest in a stage, and longer than it allows.
            models.Index(
                name="placement_stage_age",
                fields=["workspace", "stage", "stage_since", "lead"],
                include=["assignee", "status", "channel_id"],
                condition=ON_BOARD,
            ),
            # The directory, by what is closed and by what it may be worth: of few, and of those that hold one.
            models.Index(
                name="placement_outcome",
                fields=["workspace", "outcome", "closed_at", "lead"],
                condition=models.Q(outcome__gt=""),
            ),
            models.Index(
                name="placement_worth",
                fields=["workspace", "value", "lead"],
                condition=models.Q(value__isnull=False),
            ),
            # Deletes of reasons.
            models.Index(
                name="placement_of_reason",
                fields=["workspace", "close_reason"],
                condition=models.Q(close_reason__isnull=False),
            ),
        ]

    @property
    def is_in_inbox(self) -> bool:
        return self.stage_id is None

    @property
    def is_open(self) -> bool:
        return self.outcome == Outcome.OPEN

    @property
    def needs_reply(self) -> bool:
        return self.waiting_since is not None
