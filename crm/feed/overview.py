"""What an operator sees of the feeds."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import QuerySet

from crm.feed import consumers
from crm.feed.consumers import Consumer
from crm.feed.models import ATTEMPTS, ParkedRow

COUNTED = 10_000  # unread rows beyond it are not counted


@dataclass(frozen=True)
class Reading:
    """How a consumer is doing. `unread` stops at COUNTED; `behind` is the age of the oldest unread row."""

    consumer: str
    feed: str
    unread: int
    behind: timedelta | None
    failing: int  # rows that will be tried again
    parked: int  # rows that wait for a decision
    waiting: int  # rows behind those


def readings() -> list[Reading]:
    return [_reading(consumer) for consumer in consumers.all_consumers()]


def parked() -> QuerySet[ParkedRow]:
    """Rows that wait for a decision, newest first; page it by id."""
    return ParkedRow.objects.parked().order_by("-pk")


def _reading(consumer: Consumer) -> Reading:
    table = connection.ops.quote_name(consumer.feed._meta.db_table)
    with connection.cursor() as sql:
        sql.execute(
            "SELECT count(*), now() - min(created_at) FROM ("  # noqa: S608
            f" SELECT row.created_at FROM {table} row JOIN feed_cursor ON consumer = %s"
            " WHERE (row.xid, row.id) > (feed_cursor.xid::text::xid8, feed_cursor.row_id)"
            " ORDER BY row.xid, row.id LIMIT %s) unread",
            [consumer.name, COUNTED],
        )
        unread, behind = sql.fetchone()
    attempts = list(
        ParkedRow.objects.filter(consumer=consumer.name).values_list("attempts", flat=True)[:COUNTED]
    )
    return Reading(
        consumer=consumer.name,
        feed=consumer.model,
        unread=unread,
        behind=behind,
        failing=sum(0 < number < ATTEMPTS for number in attempts),
        parked=sum(number >= ATTEMPTS for number in attempts),
        waiting=attempts.count(0),
    )
