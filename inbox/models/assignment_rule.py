"""Who gets a conversation that is nobody's: one rule for the Inbox, which a channel may override, and one a funnel.

No row: a channel follows the Inbox; of the Inbox and of a funnel, nothing is assigned.
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from funnels.models import Funnel
from inbox.models.channel import Channel
from workspaces.models import Membership, Team

MOST_WEIGHT = 10
MOST_CAPACITY = 9_999


class Policy(models.TextChoices):
    OFF = "off", _("Off")
    ROUND_ROBIN = "turns", _("By turns")
    LEAST_LOADED = "least", _("Whoever has the fewest open")


class AssignmentRuleQuerySet(TenantQuerySet["AssignmentRule"]):
    def on(self) -> "AssignmentRuleQuerySet":
        return self.exclude(policy=Policy.OFF)

    def of_inbox(self) -> "AssignmentRuleQuerySet":
        return self.filter(channel=None, funnel=None)

    def that_give_on(self) -> "AssignmentRuleQuerySet":
        """Which take a lead from somebody who is away for too long."""
        return self.on().filter(away_minutes__isnull=False)


class AssignmentRule(TenantModel):
    """`turns` is where everyone stands with their turns, by membership (see inbox.assignment.turns): written by every
    decision, under the workspace's lock."""

    channel = TenantForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    funnel = TenantForeignKey(Funnel, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    policy = models.CharField(max_length=5, choices=Policy, default=Policy.OFF)
    capacity = models.PositiveIntegerField(
        null=True, blank=True
    )  # open leads a person may hold; null: any number
    team = TenantForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # only its people
    sticky_days = models.PositiveSmallIntegerField(
        default=30
    )  # back to who had it until so long ago; 0: never
    away_minutes = models.PositiveIntegerField(null=True, blank=True)  # null: a lead waits for its assignee
    turns = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = TenantManager.from_queryset(AssignmentRuleQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(
                name="assignment_rule_inbox",
                fields=["workspace"],
                condition=models.Q(channel=None, funnel=None),
            ),
            models.UniqueConstraint(name="assignment_rule_channel", fields=["workspace", "channel"]),
            models.UniqueConstraint(name="assignment_rule_funnel", fields=["workspace", "funnel"]),
            models.CheckConstraint(
                name="assignment_rule_one_place", condition=models.Q(channel=None) | models.Q(funnel=None)
            ),
            models.CheckConstraint(
                name="assignment_rule_policy", condition=models.Q(policy__in=Policy.values)
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                name="assignment_rule_team",
                fields=["workspace", "team"],
                condition=models.Q(team__isnull=False),
            ),
            models.Index(
                name="assignment_rule_away_due",
                fields=["id"],
                condition=models.Q(away_minutes__isnull=False) & ~models.Q(policy="off"),
            ),
        ]

    @property
    def is_on(self) -> bool:
        return self.policy != Policy.OFF


class AssignmentSeat(TenantModel):
    """What a rule says of one person, where it differs from the ordinary: sellers with the grant take part, owner and
    admins do not, everyone has one turn and the rule's capacity."""

    rule = TenantForeignKey(AssignmentRule, on_delete=models.CASCADE, related_name="seats")
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    takes_part = models.BooleanField(default=True)
    weight = models.PositiveSmallIntegerField(default=1)  # so many turns where others have one
    capacity = models.PositiveIntegerField(null=True, blank=True)  # null: the rule's

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="assignment_seat_once", fields=["workspace", "rule", "membership"]),
            models.CheckConstraint(
                name="assignment_seat_weight", condition=models.Q(weight__range=(1, MOST_WEIGHT))
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="assignment_seat_of", fields=["workspace", "membership"]),
        ]
