"""Rules of assignment: set for the Inbox, a channel or a funnel; and what channels know of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from funnels.models import Funnel
from inbox.assignment import deciding, queue
from inbox.models import AssignmentRule, AssignmentSeat, Channel, Policy, WaitingLead
from inbox.permissions import InboxPermission
from workspaces.actions import audit
from workspaces.models import Membership, Verb
from workspaces.permissions import check

FIELDS = ("policy", "capacity", "team_id", "sticky_days", "away_minutes")


@dataclass(frozen=True)
class Seat:
    """What is wanted of one person; `takes_part` None is as their role has it."""

    membership: int
    takes_part: bool | None
    weight: int
    capacity: int | None

    @property
    def is_ordinary(self) -> bool:
        return self.takes_part is None and self.weight == 1 and self.capacity is None


@transaction.atomic
def set_rule(
    *,
    by: Membership,
    channel: Channel | None = None,
    funnel: Funnel | None = None,
    seats: Iterable[Seat] = (),
    **values: Any,
) -> AssignmentRule:
    """Set a rule, whole: FIELDS, and everyone's seat. Where it changes who takes part or how, turns begin anew."""
    check(by, InboxPermission.MANAGE_ASSIGNMENT)
    deciding.lock(by.workspace_id)
    rule, made = AssignmentRule.objects.get_or_create(channel=channel, funnel=funnel)
    changes = {
        name: [None if made else getattr(rule, name), values[name]]
        for name in FIELDS
        if name in values and (made or getattr(rule, name) != values[name])
    }
    for name, (_old, new) in changes.items():
        setattr(rule, name, new)
    if _replace_seats(rule, seats):
        changes["people"] = [None, rule.seats.count()]
    if not changes:
        return rule
    rule.turns = {}
    rule.save()
    refresh_channels(by.workspace_id)
    audit.record(
        by.workspace_id,
        verb=Verb.SETTINGS_CHANGED,
        by=by,
        target=_name(channel, funnel),
        changes={_WRITTEN.get(name, name): pair for name, pair in changes.items()},
    )
    queue.nudge_for(by.workspace_id)
    return rule


@transaction.atomic
def follow_inbox(channel: Channel, *, by: Membership) -> None:
    """The channel has no rule of its own any more; what waits for it is decided by that of the Inbox."""
    check(by, InboxPermission.MANAGE_ASSIGNMENT)
    deciding.lock(by.workspace_id)
    rule = AssignmentRule.objects.filter(channel=channel).first()
    if rule is None:
        return
    heir = AssignmentRule.objects.of_inbox().on().first()
    if heir is not None:
        WaitingLead.objects.filter(rule=rule).update(rule=heir)
    changes = {"assignment": [str(rule.get_policy_display()), None]}
    rule.delete()
    refresh_channels(by.workspace_id)
    audit.record(
        by.workspace_id, verb=Verb.SETTINGS_CHANGED, by=by, target=_name(channel, None), changes=changes
    )
    queue.nudge_for(by.workspace_id)


@transaction.atomic
def take_unassigned(rule: AssignmentRule, *, by: Membership) -> int:
    """Puts what is nobody's and waits for an answer into the queue: at most 10,000, who waits longest first."""
    check(by, InboxPermission.MANAGE_ASSIGNMENT)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"workspace": by.workspace_id, "rule": rule.pk})
        taken = int(cursor.rowcount)
    if taken:
        queue.nudge_for(by.workspace_id)
    return taken


def refresh_channels(workspace_id: int) -> None:
    """Write into each channel what intake asks it (`Channel.assigns`); in the transaction of any change of a rule."""
    funnels = AssignmentRule.objects.on().filter(funnel__isnull=False).exists()
    inbox = AssignmentRule.objects.of_inbox().on().exists()
    own = dict(AssignmentRule.objects.filter(channel__isnull=False).values_list("channel_id", "policy"))
    for channel in Channel.objects.order_by("pk").only("pk", "workspace_id", "assigns"):
        here = own[channel.pk] != Policy.OFF if channel.pk in own else inbox
        known = {"inbox": here, "funnels": funnels}
        if channel.assigns != known:
            Channel.objects.filter(pk=channel.pk).update(assigns=known)


def _replace_seats(rule: AssignmentRule, wanted: Iterable[Seat]) -> bool:
    """Whether anything is different. What is ordinary has no row."""
    before = {(seat.membership_id, seat.takes_part, seat.weight, seat.capacity) for seat in rule.seats.all()}
    people = {
        person.pk: person.is_seller for person in Membership.objects.filter(workspace_id=rule.workspace_id)
    }
    rows = [
        AssignmentSeat(
            rule=rule,
            membership_id=seat.membership,
            takes_part=people[seat.membership] if seat.takes_part is None else seat.takes_part,
            weight=seat.weight,
            capacity=seat.capacity,
        )
        for seat in wanted
        if seat.membership in people and not seat.is_ordinary
    ]
    after = {(row.membership_id, row.takes_part, row.weight, row.capacity) for row in rows}
    if before == after:
        return False
    rule.seats.all().delete()
    AssignmentSeat.objects.bulk_create(rows)
    return True


def _name(channel: Channel | None, funnel: Funnel | None) -> str:
    return _("Assignment: %(place)s") % {"place": channel or funnel or _("Inbox")}


_WRITTEN = {"team_id": "team", "sticky_days": "days", "away_minutes": "minutes"}

# Of the Inbox's and channels' rules, what came by them; of a funnel's, what stands in its stages.
_TAKE = """
INSERT INTO inbox_waitinglead (workspace_id, lead_id, rule_id, line, trigger, is_told, since)
SELECT placement.workspace_id, placement.lead_id, rule.id,
    CASE WHEN rule.funnel_id IS NULL THEN placement.channel_id ELSE 0 END, 'queue', false, placement.waiting_since
FROM inbox_assignmentrule rule
JOIN directory_placement placement ON placement.workspace_id = rule.workspace_id
    AND placement.assignee_id IS NULL AND NOT placement.is_archived AND placement.waiting_since IS NOT NULL
    AND CASE
        WHEN rule.funnel_id IS NOT NULL THEN placement.stage_id IN (
            SELECT stage.id FROM funnels_stage stage
            WHERE stage.workspace_id = %(workspace)s AND stage.funnel_id = rule.funnel_id
        )
        WHEN rule.channel_id IS NOT NULL THEN placement.stage_id IS NULL
            AND placement.channel_id = rule.channel_id
        ELSE placement.stage_id IS NULL AND placement.channel_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM inbox_assignmentrule own
            WHERE own.workspace_id = %(workspace)s AND own.channel_id = placement.channel_id
        )
    END
WHERE rule.workspace_id = %(workspace)s AND rule.id = %(rule)s AND rule.policy <> 'off'
ORDER BY placement.waiting_since LIMIT 10000
ON CONFLICT (workspace_id, lead_id) DO NOTHING
"""
