"""The way in: a row, in the caller's transaction."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from crm import nudge
from crm.work import kinds
from crm.work.models import Item, Lane

PAYLOAD_BYTES = 4096


class PayloadTooLarge(ValueError):
    """A payload holds ids; what is long has a row of its own."""


def enqueue(
    *,
    kind: str,
    lane: str,
    key: str = "",
    payload: Mapping[str, Any] | None = None,
    correlation: str | None = None,
    workspace: Any = None,
    delay: timedelta | None = None,
    due_at: datetime | None = None,
    rate: float | None = None,
) -> Item:
    """Writes the row that will be delivered after the caller's transaction commits, and only then.

    lane: whose line it waits in (a channel, a workspace); lanes take turns.
    key: the conversation within the lane. Rows of one key are delivered one at a time, in the order in which they were
        enqueued among those that are due. Empty: in no order.
    correlation: unique in its kind. Enqueued twice, it is one row, the first, which is returned.
    delay or due_at: not before then, by the database's clock.
    rate: of the lane, a second, where it is made by this and its kind's own does not fit.
    """
    the_kind = kinds.get(kind)
    parameters = {
        "kind": kind,
        "lane": lane,
        "key": key,
        "workspace": getattr(workspace, "pk", workspace),
        "payload": _dumped(kind, payload or {}),
        "correlation": correlation or uuid4().hex,
        "due_at": due_at,
        "delay": delay or timedelta(0),
    }
    with transaction.atomic():
        inserted = _inserted(parameters)
        if inserted is None:
            _lane_ids(the_kind, {lane}, rate)  # it was not there, or the row is
            inserted = _inserted(parameters)
        if inserted is None:
            return Item.objects.get(kind=kind, correlation=parameters["correlation"])
        if not (delay or due_at):
            nudge_queue(the_kind.queue)
    return inserted


@dataclass(frozen=True)
class Row:
    """One of many for `enqueue_many`; the arguments are those of `enqueue`."""

    lane: str
    key: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    workspace: Any = None


def enqueue_many(kind: str, rows: Iterable[Row]) -> int:
    """Writes many rows of one kind by one statement, in their order, each with a correlation of its own."""
    the_kind, rows = kinds.get(kind), list(rows)
    if not rows:
        return 0
    lanes = _lane_ids(the_kind, {row.lane for row in rows})
    parameters: dict[str, Any] = {
        "kind": kind,
        "lanes": [lanes[row.lane] for row in rows],
        "keys": [row.key for row in rows],
        "workspaces": [getattr(row.workspace, "pk", row.workspace) for row in rows],
        "payloads": [_dumped(kind, row.payload) for row in rows],
        "correlations": [uuid4().hex for _ in rows],
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_INSERT_MANY, parameters)
        nudge_queue(the_kind.queue)
    return len(rows)


def nudge_queue(queue: str) -> None:
    """Tells the workers, once the caller's transaction commits, that there is something in this queue."""
    from crm.work.tasks import drain

    nudge.on_commit(drain, queue, queue=queue)


def _dumped(kind: str, payload: Mapping[str, Any]) -> str:
    text = json.dumps(dict(payload))
    if len(text) > PAYLOAD_BYTES:
        raise PayloadTooLarge(f"{kind}: a payload has at most {PAYLOAD_BYTES} bytes.")
    return text


def _inserted(parameters: dict[str, Any]) -> Item | None:
    """None where the lane is not there, or the row is."""
    return next(iter(Item.objects.raw(_INSERT, parameters)), None)


def _lane_ids(kind: kinds.Kind, keys: set[str], rate: float | None = None) -> dict[str, int]:
    """The lanes' ids by their keys; those that are not there are made, in order, so that two makers do not deadlock."""
    lanes = Lane.objects.filter(kind=kind.name, key__in=keys).values_list("key", "pk")
    found = dict(lanes)
    missing = sorted(keys - found.keys())
    if missing:
        options = {
            "rate": kind.rate if rate is None else rate,
            "burst": kind.burst if rate is None else rate,
            "tokens": kind.burst if rate is None else rate,
            "parallel": kind.parallel,
        }
        made = [Lane(kind=kind.name, key=key, **options) for key in missing]
        Lane.objects.bulk_create(made, ignore_conflicts=True)
        found = dict(lanes.all())
    return found


_INSERT = """
INSERT INTO work_item (kind, lane_id, key, workspace_id, payload, correlation, state, due_at, attempts,
    reference, error_code, error)
SELECT %(kind)s, lane.id, %(key)s, %(workspace)s::bigint, %(payload)s::jsonb, %(correlation)s, 'queued',
    coalesce(%(due_at)s::timestamptz, statement_timestamp() + %(delay)s), 0, '', '', ''
FROM work_lane lane WHERE lane.kind = %(kind)s AND lane.key = %(lane)s
ON CONFLICT (kind, correlation) DO NOTHING
RETURNING *
"""

_INSERT_MANY = """
INSERT INTO work_item (kind, lane_id, key, workspace_id, payload, correlation, state, due_at, attempts,
    reference, error_code, error)
SELECT %(kind)s, lane, key, workspace, payload::jsonb, correlation, 'queued', statement_timestamp(), 0, '', '', ''
FROM unnest(
    %(lanes)s::bigint[], %(keys)s::text[], %(workspaces)s::bigint[], %(payloads)s::text[], %(correlations)s::text[]
) WITH ORDINALITY AS given(lane, key, workspace, payload, correlation, place)
ORDER BY place
"""
