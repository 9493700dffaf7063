"""Cursors whose statements PostgreSQL plans once for each connection and keeps.

Of a statement that joins what a page shows, planning takes PostgreSQL up to ten times as long as finding the rows. A
kept plan knows no values: that is right for what is found by keys and ids, and wrong where the best way depends on how
many rows there are, as in the lists of what a person sees. Of such a list, which is opened again as it was, the values
are written into the statement, and the plan that is kept is that of these values (`whole`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from psycopg.types.datetime import TimestamptzLoader

MOST = 250  # statements that a connection keeps; a plan takes PostgreSQL some ten kilobytes
ONLY_WHERE_ASKED = 2**31  # times that the driver sees a statement before it prepares it by itself
# Letters of all statements with their values that a connection keeps: a list of eighteen walks has 15,000 and its plan
# a megabyte, so some fifteen megabytes.
MOST_WRITTEN = 200_000
MOST_ASKED = 10_000  # of which a connection knows that they were asked


class Said(NamedTuple):
    """A statement for who watches. The driver forgets the words of one that is kept."""

    query: bytes


class KeptCursor(ServerBindingCursor):
    """Values go beside the statement, which is prepared when it is first run."""

    _query: Any  # the driver's
    connection: Any

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        done = super().execute(query, params, **{"prepare": True, **options})  # type: ignore[misc]
        if self._query is None:
            self._query = Said(query.encode())
        return done


class _Whole:
    """What a connection knows of statements that have their values in them: those it keeps, and which were asked, since
    one that never is again is not worth its place."""

    def __init__(self) -> None:
        self.kept: set[str] = set()
        self.asked: set[int] = set()

    def is_new(self, query: str) -> bool:
        """Whether it is asked for the first time."""
        known = hash(query)
        if known in self.asked:
            return False
        if len(self.asked) >= MOST_ASKED:
            self.asked.clear()
        self.asked.add(known)
        return True

    def has_room(self, query: str) -> bool:
        return len(query) + sum(map(len, self.kept)) <= MOST_WRITTEN


class WholeCursor(KeptCursor):
    """Runs statements that have their values in them, planned once from the second time on. Where there is no room for
    another, all that the connection keeps begins anew."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        known = _whole.setdefault(self.connection, _Whole())
        if query not in known.kept:
            if known.is_new(query):
                return super().execute(query, prepare=False)
            if not known.has_room(query):
                super().execute("DEALLOCATE ALL", prepare=False)  # the driver sees it, and forgets them, too
                known.kept.clear()
            known.kept.add(query)
        return super().execute(query)


_whole: WeakKeyDictionary[Any, _Whole] = WeakKeyDictionary()  # by connections of the driver


def cursor(*, kept: bool = True, whole: bool = False) -> CursorWrapper:
    """Of the default connection, to be used as a context; seen by whoever watches its statements. `whole`: for what has
    its values written into it."""
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
        kind: Any = WholeCursor if whole else KeptCursor
        raw: Any = kind(driver)
        # The driver's own, in C: Django's is Python, and a page has a hundred moments. The session is in UTC.
        raw.adapters.register_loader("timestamptz", TimestamptzLoader)
        made: CursorWrapper = connection._prepare_cursor(raw)
    return made


def rows(sql: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """Of a statement of ours that finds by keys and ids."""
    with cursor() as opened:
        opened.execute(sql, values)
        return list(opened.fetchall())
