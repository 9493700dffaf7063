"""What a decision is made of, in one question: the rule that is for the lead, who works there and how they are, what
each holds, who had the lead before, and whether others wait.

The rule of a lead with a stage is its funnel's; of one in the Inbox that of the channel of its last message, or else
the Inbox's. Asked under the workspace's lock, after it was taken: so every earlier decision is seen, with what it gave.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from directory.models import Placement
from directory.verbs import Verb
from inbox.assignment.turns import Places
from inbox.models import Policy, Skip


@dataclass(frozen=True)
class Person:
    """One who works in this workspace. `skip` says why they may not have the lead; None: they may."""

    pk: int
    weight: int
    held: int
    skip: Skip | None


@dataclass(frozen=True)
class Situation:
    """`previous`: whose the lead was until lately. `waits`: it is in the queue. `others_wait`: others of its line are,
    whom the same people may take; `other_lines`: the lines of its rule in which somebody waits beside."""

    rule: int
    policy: Policy
    places: Places
    away_minutes: int | None
    previous: int | None
    waits: bool
    others_wait: bool
    people: Sequence[Person] = field(default_factory=list)
    other_lines: Sequence[int] = ()

    @property
    def eligible(self) -> dict[int, Person]:
        return {person.pk: person for person in self.people if person.skip is None}


def line_of(placement: Placement) -> int:
    """Of the leads of its rule, those that the same people may take; see `WaitingLead.line`."""
    return (placement.channel_id or 0) if placement.is_in_inbox else 0


def situation(placement: Placement, *, without: int | None = None) -> Situation | None:
    """None where no rule that is on is for this lead. `without`: a membership that shall not have it."""
    with connection.cursor() as cursor:
        cursor.execute(
            _RULE,
            {
                "workspace": placement.workspace_id,
                "lead": placement.pk,
                "stage": placement.stage_id,
                "channel": placement.channel_id,
                "line": line_of(placement),
                "assigned": Verb.ASSIGNED.value,
            },
        )
        row = cursor.fetchone()
    if row is None or row[1] == Policy.OFF:
        return None
    rule, policy, places, capacity, team, funnel, away_minutes, previous, waits, others_wait, others = row
    assert placement.channel_id is not None or funnel is not None
    people = people_of(
        placement.workspace_id,
        rule,
        channels=[] if funnel else [placement.channel_id or 0],
        funnel=funnel,
        team=team,
        capacity=capacity,
        without=without,
    )
    return Situation(
        rule, Policy(policy), _places(places), away_minutes, previous, waits, others_wait, people, others
    )


def others_come_first(placement: Placement, found: Situation) -> bool:
    """Whether somebody waits whom one of those may take who may have this lead. Elsewhere in the rule that is who may
    write from the other channel, too; and owner and admins, who were asked in. At most one query."""
    if found.others_wait or not found.other_lines or not found.eligible:
        return found.others_wait
    asked: dict[str, Any] = {
        "workspace": placement.workspace_id,
        "people": list(found.eligible),
        "channels": list(found.other_lines),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, asked)
        return cursor.fetchone() is not None


def people_of(
    workspace: int,
    rule: int | None,
    *,
    channels: Collection[int],
    funnel: int | None,
    team: int | None,
    capacity: int | None,
    without: int | None = None,
    everyone: bool = False,
) -> list[Person]:
    """Whom a rule is about: who writes from one of the channels, or works in the funnel, and who was asked in. One
    query. `everyone`: owner and admins, too."""
    asked = {
        "workspace": workspace,
        "rule": rule,
        "team": team,
        "channels": list(channels),
        "funnel": funnel,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, asked)
        found = [_person(row, capacity, without, everyone) for row in cursor.fetchall()]
    return [person for person in found if person is not None]


def rule_of(placement: Placement) -> int | None:
    """The rule that is for this lead, if it is on."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rule.id, rule.policy FROM inbox_assignmentrule rule WHERE {_FOR_IT}",  # noqa: S608
            {
                "workspace": placement.workspace_id,
                "stage": placement.stage_id,
                "channel": placement.channel_id,
            },
        )
        row = cursor.fetchone()
    return row[0] if row is not None and row[1] != Policy.OFF else None


def _person(row: Sequence[Any], capacity: int | None, without: int | None, everyone: bool) -> Person | None:
    """None for owner and admins who were not asked in: nobody wonders why they were skipped."""
    pk, is_seller, availability, granted, in_team, takes_part, weight, own_capacity, held = row
    if not is_seller and not takes_part and not everyone:
        return None
    most = capacity if own_capacity is None else own_capacity
    skip: Skip | None = None
    if is_seller and not granted:
        skip = Skip.GRANT
    elif takes_part is False or (not is_seller and takes_part is None):
        skip = Skip.LEFT_OUT
    elif not in_team:
        skip = Skip.TEAM
    elif pk == without:
        skip = Skip.GAVE
    elif availability != "active":
        skip = Skip.AWAY
    elif most is not None and held >= most:
        skip = Skip.FULL
    return Person(pk, weight or 1, held, skip)


def _places(stored: str) -> Places:
    """Django leaves JSON to its fields: from a cursor it comes as text."""
    return {int(person): float(place) for person, place in json.loads(stored).items()}


# A channel's own rule before that of the Inbox; what is in a stage has none but its funnel's.
_FOR_IT = """
rule.workspace_id = %(workspace)s AND CASE
    WHEN %(stage)s::bigint IS NOT NULL THEN rule.funnel_id = (
        SELECT stage.funnel_id FROM funnels_stage stage
        WHERE stage.workspace_id = %(workspace)s AND stage.id = %(stage)s::bigint
    )
    ELSE %(channel)s::bigint IS NOT NULL AND rule.funnel_id IS NULL
        AND (rule.channel_id IS NULL OR rule.channel_id = %(channel)s::bigint)
    END
ORDER BY rule.channel_id NULLS LAST LIMIT 1
"""

# The last assignee is looked for only where the rule gives back: in the lead's own events, which are few.
_RULE = f"""
SELECT rule.id, rule.policy, rule.turns, rule.capacity, rule.team_id, rule.funnel_id, rule.away_minutes,
    CASE WHEN rule.sticky_days = 0 THEN NULL ELSE (
        SELECT (event.changes->'assignee_id'->>0)::bigint FROM directory_event event
        WHERE event.workspace_id = rule.workspace_id AND event.lead_id = %(lead)s AND event.verb = %(assigned)s
            AND event.created_at > now() - make_interval(days => rule.sticky_days)
        ORDER BY event.id DESC LIMIT 1
    ) END,
    EXISTS (
        SELECT FROM inbox_waitinglead waiting
        WHERE waiting.workspace_id = rule.workspace_id AND waiting.lead_id = %(lead)s
    ),
    EXISTS (
        SELECT FROM inbox_waitinglead waiting
        WHERE waiting.workspace_id = rule.workspace_id AND waiting.rule_id = rule.id AND waiting.line = %(line)s
            AND waiting.lead_id <> %(lead)s
    ),
    ARRAY(
        SELECT channel.id FROM inbox_channel channel
        WHERE channel.workspace_id = rule.workspace_id AND channel.id <> %(line)s
            AND rule.channel_id IS NULL AND rule.funnel_id IS NULL AND EXISTS (
                SELECT FROM inbox_waitinglead waiting WHERE waiting.workspace_id = rule.workspace_id
                    AND waiting.rule_id = rule.id AND waiting.line = channel.id AND waiting.lead_id <> %(lead)s
            )
    )
FROM inbox_assignmentrule rule WHERE {_FOR_IT}
"""  # noqa: S608 (our own words)

# What each holds: neither archived, nor won or lost, nor finished; from the tallies, whose differences and sums are as
# exact as the placements. MATERIALIZED: what has gathered since the last statistics looks like one row, which would be
# summed anew for each person.
_PEOPLE = """
WITH holds AS MATERIALIZED (
    SELECT assignee_id, sum(amount) AS amount FROM directory_tally
    WHERE workspace_id = %(workspace)s AND NOT is_archived AND outcome = '' AND status <> 'done'
        AND assignee_id IS NOT NULL
    GROUP BY assignee_id
), granted AS MATERIALIZED (
    SELECT grants.user_id FROM inbox_channeluserobjectpermission grants
    JOIN auth_permission permission ON permission.id = grants.permission_id
    WHERE grants.workspace_id = %(workspace)s AND grants.content_object_id = ANY(%(channels)s::bigint[])
        AND permission.codename = 'write_channel'
    UNION
    SELECT grants.user_id FROM funnels_funneluserobjectpermission grants
    WHERE grants.workspace_id = %(workspace)s AND grants.content_object_id = %(funnel)s::bigint
)
SELECT person.id, person.role = 'seller', person.availability,
    EXISTS (SELECT FROM granted WHERE granted.user_id = person.user_id),
    %(team)s::bigint IS NULL OR EXISTS (
        SELECT FROM workspaces_teammember seat WHERE seat.workspace_id = person.workspace_id
            AND seat.membership_id = person.id AND seat.team_id = %(team)s::bigint
    ),
    seat.takes_part, seat.weight, seat.capacity, coalesce(holds.amount, 0)
FROM workspaces_membership person
LEFT JOIN inbox_assignmentseat seat ON seat.workspace_id = person.workspace_id AND seat.rule_id = %(rule)s::bigint
    AND seat.membership_id = person.id
LEFT JOIN holds ON holds.assignee_id = person.id
WHERE person.workspace_id = %(workspace)s AND person.deactivated_at IS NULL
ORDER BY person.id
"""

_SHARED = """
SELECT FROM workspaces_membership person
WHERE person.workspace_id = %(workspace)s AND person.id = ANY(%(people)s::bigint[]) AND (
    person.role <> 'seller' OR EXISTS (
        SELECT FROM inbox_channeluserobjectpermission grants
        JOIN auth_permission permission ON permission.id = grants.permission_id
        WHERE grants.workspace_id = %(workspace)s AND grants.user_id = person.user_id
            AND grants.content_object_id = ANY(%(channels)s::bigint[]) AND permission.codename = 'write_channel'
    )
)
LIMIT 1
"""
