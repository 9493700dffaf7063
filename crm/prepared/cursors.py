"""Cursors whose statements PostgreSQL plans once for each connection and keeps.

Of a statement that joins what a page shows, planning takes PostgreSQL up to ten times as long as finding the rows. A
kept plan knows no values: that is right for what is found by keys and ids, and wrong where the best way depends on how
many rows there are, as in the lists of what a person sees.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from psycopg.types.datetime import TimestamptzLoader

MOST = 250  # statements that a connection keeps; a plan takes PostgreSQL some ten kilobytes
ONLY_WHERE_ASKED = 2**31  # times that the driver sees a statement before it prepares it by itself


class Said(NamedTuple):
    """A statement for who watches. The driver forgets the words of one that is kept."""

    query: bytes


class KeptCursor(ServerBindingCursor):
    """Values go beside the statement, which is prepared when it is first run."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        done = super().execute(query, params, **{"prepare": True, **options})  # type: ignore[misc]
        if self._query is None:  # type: ignore[has-type]
            self._query = Said(query.encode())
        return done


def cursor(*, kept: bool = True) -> CursorWrapper:
    """Of the default connection, to be used as a context; seen by whoever watches its statements."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    if not (kept and settings.DATABASE_KEEPS_STATEMENTS):
        ordinary: CursorWrapper = connection.cursor()
        return ordinary
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    driver = connection.connection
    if driver.prepare_threshold is None:  # Django's: nothing is prepared, not even where it is asked for
        driver.prepare_threshold, driver.prepared_max = ONLY_WHERE_ASKED, MOST
    with connection.wrap_database_errors:
        raw: Any = KeptCursor(driver)  # type: ignore[call-arg]
        # The driver's own, in C: Django's is Python, and a page has a hundred moments. The session is in UTC.
        raw.adapters.register_loader("timestamptz", TimestamptzLoader)
        made: CursorWrapper = connection._prepare_cursor(raw)
    return made


def rows(sql: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """Of a statement of ours that finds by keys and ids."""
    with cursor() as opened:
        opened.execute(sql, values)
        return list(opened.fetchall())
