"""The ledger of assignment: one row a decision, with who could have had the lead and who could not and why; and the
queue of leads that nobody could take."""

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from directory.models import Lead
from inbox.models.assignment_rule import AssignmentRule, Policy
from workspaces.models import Membership


class Trigger(models.TextChoices):
    """Why it was decided at all."""

    MESSAGE = "message", _("They wrote")
    FREED = "freed", _("It was nobody's any more")
    PLACED = "placed", _("It was put here")
    QUEUE = "queue", _("It waited for somebody to be free")
    AWAY = "away", _("Its assignee was away for too long")


class Reason(models.TextChoices):
    """Why it was decided so."""

    TURN = "turn", _("It was their turn")
    LEAST = "least", _("They had the fewest open")
    STICKY = "sticky", _("It had been theirs before")
    NOBODY = "nobody", _("Nobody could take it: it waits")


class Skip(models.TextChoices):
    """Why somebody was not among those who could have had it. Letters, since a ledger has many."""

    AWAY = "a", _("Away")
    FULL = "f", _("Has as many as they may hold")
    LEFT_OUT = "o", _("Left out by the rule")
    TEAM = "t", _("Not in the team")
    GRANT = "g", _("Not granted")
    GAVE = "b", _("Gave it back, or had it until now")


class AssignmentDecisionQuerySet(TenantQuerySet["AssignmentDecision"]):
    def visible_to(self, membership: Membership) -> Self:
        """Of leads that the person sees."""
        from directory.visibility import may_see

        return self.filter(may_see(membership, "lead__placement__"))

    def newest_first(self) -> Self:
        return self.order_by("-id")


class AssignmentDecision(TenantModel):
    """`eligible` is [[membership, open leads, how far ahead of their turn], …], the chosen one first;
    `skipped` is [[membership, Skip, open leads], …]. Kept for 90 days."""

    KEEP_DAYS: ClassVar = 90

    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    rule = TenantForeignKey(AssignmentRule, null=True, on_delete=models.SET_NULL, related_name="+")
    policy = models.CharField(max_length=5, choices=Policy)
    trigger = models.CharField(max_length=8, choices=Trigger)
    reason = models.CharField(max_length=8, choices=Reason)
    chosen = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )
    eligible = models.JSONField(default=list)
    skipped = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = TenantManager.from_queryset(AssignmentDecisionQuerySet)()

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(name="decision_latest", fields=["workspace", "-created_at", "-id"]),
            models.Index(name="decision_of_lead", fields=["workspace", "lead", "-id"]),
            models.Index(name="decision_of_rule", fields=["workspace", "rule", "-created_at", "-id"]),
            # By which the sweep finds what is old, of all workspaces. Its condition always holds.
            models.Index(
                name="decision_age_due", fields=["created_at"], condition=models.Q(created_at__isnull=False)
            ),
        ]


class WaitingLeadQuerySet(TenantQuerySet["WaitingLead"]):
    def in_order(self) -> Self:
        """Who waits longest first."""
        return self.order_by("since", "id")


class WaitingLead(TenantModel):
    """A lead that a rule could give nobody, or that is still to be decided. A row of work: it stays until the lead is
    somebody's, or no rule is for it any more.

    `line`: leads of a rule that the same people may take stand in one. Of the Inbox, those of a channel, by its number;
    of a funnel, all of them: 0. Each keeps its own order."""

    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    rule = TenantForeignKey(AssignmentRule, on_delete=models.CASCADE, related_name="+")
    line = models.BigIntegerField(default=0, db_default=0)
    trigger = models.CharField(max_length=8, choices=Trigger)
    without = models.BigIntegerField(null=True, blank=True)  # the membership that gave it back
    is_told = models.BooleanField(default=False)  # a decision says that nobody could take it
    since = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = TenantManager.from_queryset(WaitingLeadQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="waiting_lead_once", fields=["workspace", "lead"])
        ]
        indexes: ClassVar = [
            models.Index(name="waiting_lead_lines", fields=["workspace", "rule", "line", "since", "id"]),
        ]
