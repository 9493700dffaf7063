"""A consumer's run: read, handle, move the cursor, in one transaction."""

import logging
import time
from contextlib import nullcontext
from datetime import timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from crm import nudge
from crm.feed import consumers, shifting
from crm.feed.consumers import Consumer
from crm.feed.models import Cursor, FeedRow, ParkedRow
from crm.tenancy import scope

logger = logging.getLogger(__name__)

RUN_SECONDS = 20.0
LOOK_AHEAD = 5_000  # rows looked at in one go, of a consumer that wants only some
SOON = 0.3  # seconds after which to look again for rows that an open transaction holds back


class Position(NamedTuple):
    """Where a row stands in its feed, and whose it is."""

    xid: int
    row_id: int
    workspace_id: int | None


def run(name: str) -> int:
    """Reads until there is nothing left, or for 20 s; returns how many rows were read."""
    from crm.feed import replaying, tasks

    consumer = consumers.get(name)
    ends = time.monotonic() + RUN_SECONDS
    total = 0
    while read := read_batch(consumer):
        total += read
        if time.monotonic() > ends:
            nudge.now(tasks.consume, name)
            return total
    replaying.retry_due(consumer)
    if held_back(consumer):
        nudge.now(tasks.consume, name, countdown=SOON)
    return total


def read_batch(consumer: Consumer) -> int:
    """Handles at most `batch` rows; returns how many were read, or passed. 0 also where another worker is reading.

    1. The cursor is locked, so that one worker at a time reads for this consumer. SKIP LOCKED: a second one goes home.
    2. Rows after (xid, id) are read in that order, but only of transactions older than the oldest that is still open
       (`pg_snapshot_xmin`). Ids are given before they commit: a row with a lower id may appear later, and a cursor by
       id alone would have passed it. Below the oldest open transaction nothing can appear any more. What the consumer
       does not want is passed here.
    3. Each row is handled in a savepoint, in the scope of its workspace. If that fails, the savepoint is rolled back
       and the row is kept as a ParkedRow to be tried again; from then on its subject's rows wait behind it, and
       the others go on.
    4. The cursor moves, and all of it commits together: effects happen exactly once.
    """
    with transaction.atomic(durable=True):
        cursor = lock(consumer, wait=False)
        if cursor is None:
            return 0
        seen = _next(consumer, cursor)
        if not seen:
            return 0
        positions = [position for position, wanted in seen if wanted]
        rows = load(consumer, positions)
        keys = {row.subject_key for row in rows.values()}
        waiting = set(
            ParkedRow.objects.filter(consumer=consumer.name, subject_key__in=keys).values_list(
                "subject_key", flat=True
            )
        )
        for position in positions:
            row = rows.get(position.row_id)
            if row is None:  # deleted since: nothing to do for it
                continue
            if row.subject_key in waiting:
                _keep(consumer, row.subject_key, position)
            elif (error := handle(consumer, row, position.workspace_id)) is not None:
                _keep(consumer, row.subject_key, position, error)
                waiting.add(row.subject_key)
        last = seen[-1][0]
        Cursor.objects.filter(pk=cursor.pk).update(xid=last.xid, row_id=last.row_id, moved_at=Now())
    return len(seen)


def lock(consumer: Consumer, *, wait: bool) -> Cursor | None:
    """The consumer's cursor, locked until the transaction ends; None where another holds it and `wait` is False."""
    rows = Cursor.objects.select_for_update(skip_locked=not wait).filter(pk=consumer.name)
    found = rows.first()
    if found is None and not Cursor.objects.filter(pk=consumer.name).exists():
        begin(consumer)
        found = rows.first()
    return found


def begin(consumer: Consumer) -> None:
    """Sets a new consumer's cursor where it wants to begin. One that has a cursor keeps it."""
    start = shifting.watermark() if consumer.begin == "now" else 0
    Cursor.objects.bulk_create([Cursor(consumer=consumer.name, xid=start, row_id=0)], ignore_conflicts=True)


def held_back(consumer: Consumer) -> bool:
    """Whether there are committed rows that an older, still open transaction keeps from being read."""
    with connection.cursor() as sql:
        sql.execute(
            f"SELECT EXISTS (SELECT FROM {_table(consumer)} row JOIN feed_cursor ON consumer = %s"  # noqa: S608
            " WHERE (row.xid, row.id) > (feed_cursor.xid::text::xid8, feed_cursor.row_id))",
            [consumer.name],
        )
        return bool(sql.fetchone()[0])


def load(consumer: Consumer, positions: list[Position]) -> dict[int, FeedRow]:
    """{id: row}, read workspace by workspace, each in its scope."""
    by_workspace: dict[int | None, list[int]] = {}
    for position in positions:
        by_workspace.setdefault(position.workspace_id, []).append(position.row_id)
    rows: dict[int, Any] = {}
    for workspace_id, ids in by_workspace.items():
        with _scope(workspace_id):
            rows |= consumer.feed._base_manager.in_bulk(ids)
    return rows


def handle(consumer: Consumer, row: FeedRow, workspace_id: int | None) -> Exception | None:
    """Handles one row in a savepoint; returns what went wrong. A lost connection is not the row's fault: it raises."""
    try:
        with transaction.atomic(), _scope(workspace_id):
            consumer.handle(row)
    except Exception as error:
        if isinstance(error, OperationalError) and not connection.is_usable():
            raise
        logger.error(
            "A consumer failed on a row",
            extra={"consumer": consumer.name, "row": row.pk, "error": describe(error)},
        )
        return error
    return None


def pause(consumer: Consumer, attempts: int) -> timedelta:
    wait: timedelta = consumer.backoff * 2 ** (attempts - 1)
    return wait


def describe(error: Exception) -> str:
    """The error's class and place. Not its message, which may quote what the row is about."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    place = f" in {frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{place}"[:300]


def _next(consumer: Consumer, cursor: Cursor) -> list[tuple[Position, bool]]:
    """What stands next, and whether the consumer wants it: the last of them, or of LOOK_AHEAD, is where it goes on."""
    table = _table(consumer)
    workspace = "workspace_id" if _has_workspace(consumer) else "NULL::bigint"
    with connection.cursor() as sql:
        sql.execute(
            f"SELECT xid::text::bigint, id, {workspace}, ({consumer.wants or 'true'}) FROM {table}"  # noqa: S608
            f" WHERE (xid, id) > (%s::text::xid8, %s) AND xid < {shifting.WATERMARK}"
            " ORDER BY xid, id LIMIT %s",
            [str(cursor.xid), cursor.row_id, LOOK_AHEAD if consumer.wants else consumer.batch],
        )
        found = [(Position(*row[:3]), bool(row[3])) for row in sql.fetchall()]
    enough = accumulate(wanted for _position, wanted in found)
    return [one for one, number in zip(found, enough, strict=True) if number <= consumer.batch]


def _keep(consumer: Consumer, subject_key: str, position: Position, error: Exception | None = None) -> None:
    ParkedRow.objects.create(
        consumer=consumer.name,
        subject_key=subject_key,
        xid=position.xid,
        row_id=position.row_id,
        workspace_id=position.workspace_id,
        attempts=1 if error else 0,
        error=describe(error) if error else "",
        retry_at=Now() + pause(consumer, 1) if error else None,
    )


def _scope(workspace_id: int | None) -> Any:
    return nullcontext() if workspace_id is None else scope(workspace_id)


def _table(consumer: Consumer) -> str:
    return connection.ops.quote_name(consumer.feed._meta.db_table)


def _has_workspace(consumer: Consumer) -> bool:
    return any(field.attname == "workspace_id" for field in consumer.feed._meta.concrete_fields)
