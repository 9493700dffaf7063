"""Claiming: whose turn it is, and which of their rows."""

# ruff: noqa: S608 - the statements are put together from constants of this file

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from crm.prepared import Prepared
from crm.work import kinds
from crm.work.models import Item


@dataclass(frozen=True)
class Batch:
    """Rows of one lane, claimed and committed. Empty where every due row waits behind an unfinished one."""

    kind: kinds.Kind
    lane_id: int
    token: UUID
    items: list[Item]


def claim(queue: str, *, passing: Collection[int] = ()) -> Batch | None:
    """Claims the next lane's rows, or returns None where no lane has anything to do now.

    1. The lanes with rows that wait are found by one index probe a lane, however long their lines are.
    2. Of those with a due row, a token, and nobody's hand on the brake, the one served longest ago is locked; a lane
       that another worker is claiming from at this moment is skipped, so nobody waits.
    3. At most `batch` of its due rows are taken: as many as the bucket has tokens, no more than `parallel` in flight;
       of a conversation only the first due row, and none while one of it is in flight. A row whose time has not
       come is not in line yet: what is scheduled for tomorrow does not hold up what is written today.
    4. They become `claimed`, with a lease and a token of ours, and the lane goes to the end of the queue, also when it
       gave nothing.
    5. All of this commits before the caller sees a row (`durable`), so that no provider is spoken to about a claim that
       could be rolled back.

    passing: lanes not to look at again in this run, since they gave nothing.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_NEXT_LANE, {"kinds": kinds.names(queue), "passing": list(passing)})
        lane = cursor.fetchone()
        if lane is None:
            return None
        lane_id, kind_name, allowed = lane
        kind, token = kinds.get(kind_name), uuid4()
        parameters = {"lane": lane_id, "token": token, "lease": kind.lease, "limit": min(kind.batch, allowed)}
        cursor.execute(_TAKE_ROWS, parameters)
        taken = [row[0] for row in cursor.fetchall()]
        cursor.execute(_END_OF_THE_QUEUE, {"lane": lane_id, "taken": len(taken)})
        items = _ITEMS.rows(ids=taken)
    return Batch(kind, lane_id, token, items)


def is_held_up(queue: str, *, passing: Collection[int] = ()) -> bool:
    """Whether a lane that `claim` skipped could be claimed from but for another worker's hand on it.

    That worker may have looked before the row in question was there, and then passes the lane over: whoever was
    turned away by the lock has to come back, or nobody does until the sweep.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_LANE_UNLOCKED, {"kinds": kinds.names(queue), "passing": list(passing)})
        return cursor.fetchone() is not None


def seconds_until_next(queue: str, *, within: float) -> float | None:
    """When a lane of this queue next has something that may be claimed, if within so many seconds. Looks at what is
    due later and at buckets that fill; not at conversations that are held up."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_TIME, {"kinds": kinds.names(queue), "within": within})
        seconds: Any = cursor.fetchone()[0]
    return None if seconds is None else max(0.05, float(seconds))


_ITEMS = Prepared(
    lambda ids: Item.objects.filter(pk__any=ids).select_related("lane").order_by("due_at", "pk"), ids=[-1]
)
_WAITING = "state IN ('queued', 'retry')"

# Lanes with rows that wait: a loose scan over the partial index (lane_id, due_at, id).
_LANES_WITH_ROWS = f"""
WITH RECURSIVE lined AS (
    (SELECT lane_id FROM work_item WHERE {_WAITING} ORDER BY lane_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT item.lane_id FROM work_item item
        WHERE item.{_WAITING} AND item.lane_id > lined.lane_id ORDER BY item.lane_id LIMIT 1
    )
    FROM lined WHERE lined.lane_id IS NOT NULL
)
"""

_TOKENS = (
    "least(lane.burst, lane.tokens"
    " + lane.rate * extract(epoch FROM statement_timestamp() - lane.tokens_at)::double precision)"
)

_NEXT_LANE_UNLOCKED = f"""
{_LANES_WITH_ROWS}
SELECT
    lane.id,
    lane.kind,
    least(
        lane.parallel - (SELECT count(*) FROM work_item item WHERE item.lane_id = lane.id AND item.state = 'claimed'),
        CASE WHEN lane.rate = 0 THEN lane.parallel ELSE floor({_TOKENS}) END
    )::integer
FROM work_lane lane JOIN lined ON lined.lane_id = lane.id
WHERE lane.kind = ANY(%(kinds)s)
    AND NOT lane.id = ANY(%(passing)s::bigint[])
    AND lane.paused_at IS NULL
    AND (lane.parked_until IS NULL OR lane.parked_until <= statement_timestamp())
    AND (lane.rate = 0 OR {_TOKENS} >= 1)
    AND lane.parallel > (SELECT count(*) FROM work_item item WHERE item.lane_id = lane.id AND item.state = 'claimed')
    AND EXISTS (
        SELECT FROM work_item item
        WHERE item.lane_id = lane.id AND item.{_WAITING} AND item.due_at <= statement_timestamp()
    )
ORDER BY lane.served_at, lane.id
LIMIT 1
"""
_NEXT_LANE = f"{_NEXT_LANE_UNLOCKED} FOR NO KEY UPDATE OF lane SKIP LOCKED"

# An array is made once. `IN` is a join: where the statistics are of a quiet hour, it makes the subquery anew for each
# row of a line that has grown since.
_TAKE_ROWS = f"""
UPDATE work_item
SET state = 'claimed', attempts = attempts + 1, claim = %(token)s,
    lease_until = statement_timestamp() + %(lease)s
WHERE {_WAITING} AND id = ANY(ARRAY(
    SELECT item.id FROM work_item item
    WHERE item.lane_id = %(lane)s AND item.{_WAITING} AND item.due_at <= statement_timestamp()
        AND (item.key = '' OR (
            NOT EXISTS (
                SELECT FROM work_item flight
                WHERE flight.lane_id = item.lane_id AND flight.key = item.key
                    AND flight.state IN ('claimed', 'unknown')
            )
            AND NOT EXISTS (
                SELECT FROM work_item earlier
                WHERE earlier.lane_id = item.lane_id AND earlier.key = item.key AND earlier.key <> ''
                    AND earlier.{_WAITING} AND earlier.id < item.id
                    AND (earlier.state = 'retry' OR earlier.due_at <= statement_timestamp())
            )
        ))
    ORDER BY item.due_at, item.id
    LIMIT %(limit)s
))
RETURNING id
"""

_END_OF_THE_QUEUE = f"""
UPDATE work_lane lane
SET served_at = clock_timestamp(),
    tokens = CASE WHEN lane.rate = 0 THEN lane.tokens ELSE {_TOKENS} - %(taken)s END,
    tokens_at = statement_timestamp(),
    parked_for = CASE WHEN lane.parked_until <= statement_timestamp() THEN '' ELSE lane.parked_for END
WHERE lane.id = %(lane)s
"""

_NEXT_TIME = f"""
{_LANES_WITH_ROWS}
SELECT extract(epoch FROM min(next.at) - statement_timestamp())
FROM work_lane lane
JOIN lined ON lined.lane_id = lane.id
CROSS JOIN LATERAL (
    SELECT greatest(
        item.due_at,
        lane.parked_until,
        CASE WHEN lane.rate > 0 AND lane.tokens < 1
            THEN lane.tokens_at + make_interval(secs => (1 - lane.tokens) / lane.rate) END
    ) AS at
    FROM work_item item WHERE item.lane_id = lane.id AND item.{_WAITING} ORDER BY item.due_at LIMIT 1
) next
WHERE lane.kind = ANY(%(kinds)s) AND lane.paused_at IS NULL
    AND next.at > statement_timestamp()
    AND next.at <= statement_timestamp() + make_interval(secs => %(within)s)
"""
