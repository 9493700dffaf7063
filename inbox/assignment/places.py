"""Where a rule may be: the Inbox, a channel, a funnel. What a page of settings is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from funnels.models import Funnel
from inbox.assignment import reading
from inbox.assignment.reading import Person
from inbox.models import AssignmentRule, Channel, WaitingLead


@dataclass(frozen=True)
class Place:
    """At most one of `channel` and `funnel`. `rule` is its own, where it has one."""

    rule: AssignmentRule | None
    channel: Channel | None = None
    funnel: Funnel | None = None

    @property
    def key(self) -> str:
        if self.channel is not None:
            return f"channel-{self.channel.pk}"
        return f"funnel-{self.funnel.pk}" if self.funnel is not None else "inbox"

    @property
    def name(self) -> str:
        return str(self.channel or self.funnel or _("Inbox"))

    @property
    def follows_inbox(self) -> bool:
        return self.channel is not None and self.rule is None

    @property
    def is_on(self) -> bool:
        return self.rule is not None and self.rule.is_on

    def href(self, workspace_id: str) -> str:
        if self.channel is not None:
            return _address("assignment_channel", workspace_id, self.channel.pk)
        if self.funnel is not None:
            return _address("assignment_funnel", workspace_id, self.funnel.pk)
        return _address("assignment_inbox", workspace_id)

    def channels(self) -> list[int]:
        """By which leads come here: this one; or, of the Inbox, all that have no rule of their own."""
        if self.funnel is not None:
            return []
        if self.channel is not None:
            return [self.channel.pk]
        own = AssignmentRule.objects.filter(channel__isnull=False).values("channel_id")
        return list(Channel.objects.in_use().exclude(pk__in=own).values_list("pk", flat=True))

    def people(self, workspace: int, *, everyone: bool = False) -> Sequence[Person]:
        """Who takes part, or could, as things are now."""
        return reading.people_of(
            workspace,
            self.rule.pk if self.rule else None,
            channels=self.channels(),
            funnel=self.funnel.pk if self.funnel else None,
            team=self.rule.team_id if self.rule else None,
            capacity=self.rule.capacity if self.rule else None,
            everyone=everyone,
        )


def every() -> list[Place]:
    """The Inbox, the channels in use and the funnels in use, in their order. Three queries."""
    rules = {
        (rule.channel_id, rule.funnel_id): rule for rule in AssignmentRule.objects.select_related("team")
    }
    return [
        Place(rules.get((None, None))),
        *(Place(rules.get((one.pk, None)), channel=one) for one in Channel.objects.in_use().by_name()),
        *(Place(rules.get((None, one.pk)), funnel=one) for one in Funnel.objects.in_use().in_order()),
    ]


def waiting() -> dict[int, tuple[int, object]]:
    """{rule: (how many wait, since when)}."""
    rows = WaitingLead.objects.order_by().values_list("rule_id").annotate(Count("pk"), Min("since"))
    return {rule: (count, since) for rule, count, since in rows}


def _address(name: str, workspace_id: str, pk: int | None = None) -> str:
    named = {"workspace_id": workspace_id, **({"pk": pk} if pk is not None else {})}
    return reverse(f"inbox:{name}", kwargs=named)
