"""Transaction ids after a restore.

A feed's order stands on the ids that PostgreSQL gives to transactions. They belong to a cluster: restored into a new
one, whose counter begins near zero, old rows would seem to come from the future, and new ones from a past that every
cursor has left behind. So a number is added to the ids of a new cluster, kept in `feed_shift`: to those written (the
column's default) and to those compared with (the watermark).
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction

from crm.feed.models import Cursor, FeedRow, Shift

_SHIFT = "coalesce((SELECT amount FROM feed_shift), 0)"

# SQL: every transaction below this has ended; as an xid8, comparable with the column.
WATERMARK = f"((pg_snapshot_xmin(pg_current_snapshot())::text::bigint + {_SHIFT})::text::xid8)"


def watermark() -> int:
    """The oldest transaction that may still be open, shifted."""
    return _number(f"SELECT {WATERMARK}::text::bigint")


@transaction.atomic
def realign() -> int:
    """Makes the ids to come higher than all that are kept; returns the shift. Runs after `migrate` and costs nothing
    where nothing was restored. No other writer may be at work, which after a restore is so."""
    newest = max([0, *(_newest(model) for model in feeds()), *Cursor.objects.values_list("xid", flat=True)])
    shift = _number(f"SELECT {_SHIFT}")
    coming = _number("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint") + shift
    if newest > coming:
        shift += newest - coming
        Shift.objects.update_or_create(pk=1, defaults={"amount": shift})
    if shift:
        for model in feeds():
            _write_shifted(model, shift)
    return shift


def feeds() -> Iterator[type[FeedRow]]:
    """The models of all feeds whose table exists."""
    tables = set(connection.introspection.table_names())
    for model in apps.get_models():
        if issubclass(model, FeedRow) and model._meta.db_table in tables:
            yield model


def _newest(model: type[FeedRow]) -> int:
    table = connection.ops.quote_name(model._meta.db_table)
    return _number(f"SELECT coalesce((SELECT xid FROM {table} ORDER BY xid DESC LIMIT 1)::text::bigint, 0)")  # noqa: S608


def _write_shifted(model: type[FeedRow], shift: int) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    default = f"((pg_current_xact_id()::text::bigint + {int(shift)})::text)::xid8"
    with connection.cursor() as sql:
        sql.execute(
            "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute"
            " ON attrelid = adrelid AND attnum = adnum WHERE adrelid = %s::regclass AND attname = 'xid'",
            [table],
        )
        found = sql.fetchone()
        if found is None or str(shift) not in found[0]:
            sql.execute(f"ALTER TABLE {table} ALTER COLUMN xid SET DEFAULT {default}")


def _number(query: str) -> int:
    with connection.cursor() as sql:
        sql.execute(query)
        return int(sql.fetchone()[0])
