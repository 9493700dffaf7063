"""A Django cache in PostgreSQL for keys that guard something. Values are JSON; `add` is atomic, as locks need."""

from __future__ import annotations

import json
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

FOREVER = 10 * 365 * 24 * 3600  # seconds


class PostgresCache(BaseCache):
    """Keys until their end by the database's clock. LOCATION is not used: the table is crm.limits' own."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        row = self._one(
            "SELECT value FROM limits_entry WHERE key = %s AND expires_at > statement_timestamp()",
            [self._name(key, version)],
        )
        return default if row is None else _loaded(row[0])

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """True where the key was absent or past its end: exactly one of several callers gets it."""
        row = self._one(
            """
            INSERT INTO limits_entry AS e (key, value, expires_at)
            VALUES (%s, %s::jsonb, statement_timestamp() + make_interval(secs => %s))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
            WHERE e.expires_at <= statement_timestamp()
            RETURNING 1
            """,
            [self._name(key, version), json.dumps(value), self._seconds(timeout)],
        )
        return row is not None

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._one(
            """
            INSERT INTO limits_entry (key, value, expires_at)
            VALUES (%s, %s::jsonb, statement_timestamp() + make_interval(secs => %s))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
            RETURNING 1
            """,
            [self._name(key, version), json.dumps(value), self._seconds(timeout)],
        )

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        row = self._one(
            """
            UPDATE limits_entry SET expires_at = statement_timestamp() + make_interval(secs => %s)
            WHERE key = %s AND expires_at > statement_timestamp() RETURNING 1
            """,
            [self._seconds(timeout), self._name(key, version)],
        )
        return row is not None

    def delete(self, key: Any, version: int | None = None) -> bool:
        row = self._one("DELETE FROM limits_entry WHERE key = %s RETURNING 1", [self._name(key, version)])
        return row is not None

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM limits_entry")

    def _one(self, statement: str, parameters: list[Any]) -> tuple[Any, ...] | None:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row

    def _name(self, key: Any, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _seconds(self, timeout: Any) -> float:
        if timeout is DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        return FOREVER if timeout is None else max(0.0, float(timeout))


def _loaded(value: Any) -> Any:
    # psycopg hands jsonb over as text here: Django registers its own loader on its connections.
    return json.loads(value) if isinstance(value, str | bytes) else value
