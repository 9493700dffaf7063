"""Leads that wait for an answer while their assignee is away for too long go to somebody who is there, where the rule
says so. A sweep: nobody does anything at the moment when it is too long."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

from crm.tenancy import scope
from directory.models import Placement
from inbox.assignment import deciding, reading
from inbox.models import Trigger

MOST = 200  # of one rule in one sweep


def sweep() -> int:
    """All rules that give on, of all workspaces; how many leads were given."""
    with connection.cursor() as cursor:
        cursor.execute(_RULES)
        rules = cursor.fetchall()
    return sum(_of_rule(workspace, rule) for workspace, rule in rules)


def _of_rule(workspace: int, rule: int) -> int:
    """Leads that the same people may take stand in one line (`WaitingLead.line`). Of a line whose first nobody may have
    the others would ask in vain; so what is looked at next is without it."""
    given = 0
    done: set[int] = set()
    while True:
        known = len(done)
        for lead, line in _leads(workspace, rule, done):
            if line in done:
                continue
            with scope(workspace):
                if give_on(lead):
                    given += 1
                else:
                    done.add(line)
        if len(done) == known or given >= MOST:
            return given


def _leads(workspace: int, rule: int, done: Collection[int]) -> list[tuple[int, int]]:
    """(lead, line), who waits longest first."""
    asked: dict[str, Any] = {"workspace": workspace, "rule": rule, "most": MOST, "done": list(done)}
    with connection.cursor() as cursor:
        cursor.execute(_LEADS, asked)
        return [(lead, line) for lead, line in cursor.fetchall()]


@transaction.atomic
def give_on(lead_id: int) -> bool:
    """False only where nobody may have it. What has changed meanwhile is left alone."""
    locked = Placement.objects.select_for_update(no_key=True, skip_locked=True)
    placement = locked.filter(pk=lead_id, waiting_since__isnull=False, is_archived=False).first()
    if placement is None or placement.assignee_id is None:
        return True
    deciding.lock(placement.workspace_id)
    found = reading.situation(placement, without=placement.assignee_id)
    if found is None or found.away_minutes is None or not _is_away(placement.assignee_id, found.away_minutes):
        return True
    return deciding.settle(placement, found, trigger=Trigger.AWAY)


def _is_away(membership: int, minutes: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT availability = 'away' AND availability_since < now() - make_interval(mins => %s)"
            " FROM workspaces_membership WHERE id = %s",
            [minutes, membership],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


_RULES = """
SELECT workspace_id, id FROM inbox_assignmentrule
WHERE away_minutes IS NOT NULL AND policy <> 'off' ORDER BY workspace_id, id
"""

# By each person who is away, whose leads that wait are an index of their own.
_LEADS = """
SELECT waiting.lead_id, waiting.line FROM inbox_assignmentrule rule
JOIN workspaces_membership person ON person.workspace_id = rule.workspace_id AND person.deactivated_at IS NULL
    AND person.availability = 'away'
    AND person.availability_since < now() - make_interval(mins => rule.away_minutes)
CROSS JOIN LATERAL (
    SELECT placement.lead_id, placement.waiting_since, line.line FROM directory_placement placement,
        LATERAL (
            SELECT CASE WHEN rule.funnel_id IS NULL THEN coalesce(placement.channel_id, 0) ELSE 0 END AS line
        ) AS line
    WHERE placement.workspace_id = %(workspace)s AND placement.assignee_id = person.id
        AND NOT placement.is_archived AND placement.waiting_since IS NOT NULL
        AND CASE
            WHEN rule.funnel_id IS NOT NULL THEN placement.stage_id IN (
                SELECT stage.id FROM funnels_stage stage
                WHERE stage.workspace_id = %(workspace)s AND stage.funnel_id = rule.funnel_id
            )
            WHEN rule.channel_id IS NOT NULL THEN placement.stage_id IS NULL
                AND placement.channel_id = rule.channel_id
            ELSE placement.stage_id IS NULL AND NOT EXISTS (
                SELECT FROM inbox_assignmentrule own
                WHERE own.workspace_id = %(workspace)s AND own.channel_id = placement.channel_id
            )
        END
        AND line.line <> ALL(%(done)s::bigint[])
    ORDER BY placement.waiting_since LIMIT %(most)s
) AS waiting
WHERE rule.workspace_id = %(workspace)s AND rule.id = %(rule)s AND EXISTS (
    SELECT FROM workspaces_membership other WHERE other.workspace_id = rule.workspace_id
        AND other.deactivated_at IS NULL AND other.availability = 'active'
)
ORDER BY waiting.waiting_since LIMIT %(most)s
"""
