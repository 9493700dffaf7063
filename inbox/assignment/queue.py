"""The queue: leads that nobody could take, or that are still to be decided. Rows: nothing in it is lost with a process.

It is handed out when somebody becomes active, when something was put into it, and by a sweep, since people also become
free by closing what they have.
"""

import heapq
import time
from collections.abc import Iterator
from enum import Enum

from django.db import connection, transaction
from django.db.models import Q

from crm import nudge
from crm.tenancy import scope
from directory.models import Placement
from inbox.assignment import deciding, reading
from inbox.models import Trigger, WaitingLead

PAGE = 50
MOST_PASSED = 200  # leads of a line that are passed over in one go, before it has to wait for the next
RUN_SECONDS = 20.0

Line = tuple[int, int]  # of a rule, see `WaitingLead.line`


class Step(Enum):
    GIVEN = "given"
    GONE = "gone"  # it is no longer for the queue
    BUSY = "busy"  # somebody is at it; the next time
    NOBODY = "nobody"


def put(placement: Placement, *, rule: int, trigger: Trigger, without: int | None = None) -> None:
    """Once a lead; one that waits already keeps its place. `without`: a membership that shall not have it."""
    line = reading.line_of(placement)
    row, made = WaitingLead.objects.get_or_create(
        lead_id=placement.pk, defaults={"rule_id": rule, "line": line, "trigger": trigger, "without": without}
    )
    if not made and (row.rule_id, row.line, row.without) != (rule, line, without):
        row.rule_id, row.line, row.without = rule, line, without
        row.save(update_fields=["rule_id", "line", "without"])


def keep(placement: Placement, *, rule: int) -> None:
    """One that waits already: it keeps its time, in the line where it stands now."""
    line = reading.line_of(placement)
    rows = WaitingLead.objects.filter(lead_id=placement.pk)
    rows.exclude(rule_id=rule, line=line).update(rule_id=rule, line=line)


def nudge_for(workspace_id: int) -> None:
    """Once the caller's transaction has committed."""
    from inbox.tasks import hand_out

    nudge.on_commit(hand_out, workspace_id)


def hand_out(workspace_id: int, *, seconds: float = RUN_SECONDS) -> int:
    """Gives what waits to whoever may have it, who waits longest first, until nobody may have more; how many were
    given. In the workspace's scope.

    Each lead is a transaction. A line whose first lead nobody can take is done with: what comes behind waits, too; but
    for leads that somebody gave back, whom one person alone may not have.
    """
    ends = time.monotonic() + seconds
    done: set[Line] = set()
    passed: dict[Line, int] = {}
    given = 0
    _put_in_line(workspace_id)
    lines = list(WaitingLead.objects.order_by().values_list("rule_id", "line").distinct())
    for row in heapq.merge(*(_rows(line, done) for line in lines), key=lambda row: (row.since, row.pk)):
        line = (row.rule_id, row.line)
        if line in done:
            continue
        step = take(row)
        given += step == Step.GIVEN
        if step in (Step.NOBODY, Step.BUSY):
            passed[line] = passed.get(line, 0) + 1
            if (step == Step.NOBODY and row.without is None) or passed[line] >= MOST_PASSED:
                done.add(line)
        if time.monotonic() > ends:
            nudge_for(workspace_id)
            break
    return given


@transaction.atomic
def take(row: WaitingLead) -> Step:
    """One lead of the queue. Its placement is locked before the workspace's assignment, as everywhere."""
    locked = Placement.objects.select_for_update(no_key=True, skip_locked=True)
    placement = locked.filter(pk=row.lead_id).first()
    if placement is None:
        return Step.BUSY
    deciding.lock(placement.workspace_id)
    waiting = WaitingLead.objects.filter(pk=row.pk).first()
    if waiting is None:
        return Step.GONE
    wanted = placement.assignee_id is None and not placement.is_archived
    found = reading.situation(placement, without=waiting.without) if wanted else None
    if found is None:
        waiting.delete()
        return Step.GONE
    trigger = Trigger.QUEUE if waiting.is_told else Trigger(waiting.trigger)
    given = deciding.settle(placement, found, trigger=trigger, waiting=waiting)
    return Step.GIVEN if given else Step.NOBODY


def sweep() -> int:
    """All workspaces in which something waits and somebody is there."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        workspaces = [row[0] for row in cursor.fetchall()]
    given = 0
    for workspace in workspaces:
        with scope(workspace):
            given += hand_out(workspace, seconds=RUN_SECONDS / 4)
    return given


def _put_in_line(workspace_id: int) -> None:
    """Those whose channel is another one since they wait: one of us wrote by it, or they were merged. Seldom any. One
    that is being decided at this moment is passed over, not waited for."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT_IN_LINE, [workspace_id])


def _rows(line: Line, done: set[Line]) -> Iterator[WaitingLead]:
    """Of one line, who waits longest first, a page at a time."""
    rule, number = line
    after: Q = Q()
    while line not in done:
        page = list(WaitingLead.objects.filter(after, rule_id=rule, line=number).in_order()[:PAGE])
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1]
        after = Q(since__gt=last.since) | Q(since=last.since, pk__gt=last.pk)


_LINE = "CASE WHEN placement.stage_id IS NULL THEN coalesce(placement.channel_id, 0) ELSE 0 END"  # `reading.line_of`
_PUT_IN_LINE = f"""
WITH astray AS (
    SELECT waiting.id, {_LINE} AS line FROM inbox_waitinglead waiting
    JOIN directory_placement placement ON placement.lead_id = waiting.lead_id
    WHERE waiting.workspace_id = %s AND waiting.line <> {_LINE}
    FOR UPDATE OF waiting SKIP LOCKED
)
UPDATE inbox_waitinglead waiting SET line = astray.line FROM astray WHERE waiting.id = astray.id
"""  # noqa: S608 (our own words)
_WAITING = """
SELECT workspace.id FROM workspaces_workspace workspace
WHERE EXISTS (SELECT FROM inbox_waitinglead waiting WHERE waiting.workspace_id = workspace.id)
    AND EXISTS (
        SELECT FROM workspaces_membership person WHERE person.workspace_id = workspace.id
            AND person.deactivated_at IS NULL AND person.availability = 'active'
    )
    AND workspace.deletion_begun_at IS NULL
ORDER BY workspace.id
"""
