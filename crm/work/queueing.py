"""The way in: a row, in the caller's transaction."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

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
) -> Item:
    """Writes the row that will be delivered after the caller's transaction commits, and only then.

    lane: whose line it waits in (a channel, a workspace); lanes take turns.
    key: the conversation within the lane. Rows of one key are delivered one at a time, in the order in which they were
        enqueued among those that are due. Empty: in no order.
    correlation: unique in its kind. Enqueued twice, it is one row, the first, which is returned.
    delay or due_at: not before then, by the database's clock.
    """
    the_kind = kinds.get(kind)
    payload = dict(payload or {})
    if len(json.dumps(payload)) > PAYLOAD_BYTES:
        raise PayloadTooLarge(f"{kind}: a payload has at most {PAYLOAD_BYTES} bytes.")
    parameters = {
        "kind": kind,
        "lane": _lane_id(the_kind, lane),
        "key": key,
        "workspace": getattr(workspace, "pk", workspace),
        "payload": json.dumps(payload),
        "correlation": correlation or uuid4().hex,
        "due_at": due_at,
        "delay": delay or timedelta(0),
    }
    with transaction.atomic():
        inserted = list(Item.objects.raw(_INSERT, parameters))
        if not inserted:
            return Item.objects.get(kind=kind, correlation=parameters["correlation"])
        if not (delay or due_at):
            nudge_queue(the_kind.queue)
    return inserted[0]


def nudge_queue(queue: str) -> None:
    """Tells the workers, once the caller's transaction commits, that there is something in this queue."""
    from crm.work.tasks import drain

    nudge.on_commit(drain, queue, queue=queue)


def _lane_id(kind: kinds.Kind, key: str) -> int:
    found = Lane.objects.filter(kind=kind.name, key=key).values_list("pk", flat=True).first()
    if found is None:
        new = Lane(
            kind=kind.name,
            key=key,
            rate=kind.rate,
            burst=kind.burst,
            tokens=kind.burst,
            parallel=kind.parallel,
        )
        Lane.objects.bulk_create([new], ignore_conflicts=True)
        found = Lane.objects.values_list("pk", flat=True).get(kind=kind.name, key=key)
    return found


_INSERT = """
INSERT INTO work_item (kind, lane_id, key, workspace_id, payload, correlation, state, due_at, attempts,
    reference, error_code, error)
VALUES (%(kind)s, %(lane)s, %(key)s, %(workspace)s, %(payload)s, %(correlation)s, 'queued',
    coalesce(%(due_at)s::timestamptz, statement_timestamp() + %(delay)s), 0, '', '', '')
ON CONFLICT (kind, correlation) DO NOTHING
RETURNING *
"""
