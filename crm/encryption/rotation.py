"""Rotation: every token onto the newest key, in batches, on a live system, resumable.

1. What is left is a condition in SQL (the token does not name the newest key), so a run that was cut goes on by itself.
2. A batch is read by key order without locks, encrypted anew here, and written where the column still holds what was
   read: a row changed meanwhile keeps its change, which was encrypted by the newest key anyway.
3. A row that cannot be read is counted and named by its key, never by its content, and the run goes on.

Plain SQL, beneath the scope of workspaces: keys are rotated for all of them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from crm.encryption.keys import PREFIX, Unreadable, decrypt, encrypt, key_id_of, newest_key_id
from crm.encryption.registry import Column

log = logging.getLogger(__name__)


@dataclass
class Outcome:
    """What became of one column."""

    rotated: int = 0
    unreadable: int = 0


def rotate(column: Column, *, batch: int = 500, progress: Callable[[int], None] | None = None) -> Outcome:
    """Puts the column onto the newest key."""
    outcome = Outcome()
    for rows in _batches(column, batch):
        changes: list[tuple[Any, str, str]] = []
        for key, value in rows:
            try:
                new = _rotated_json(value) if column.embedded else encrypt(decrypt(value))
            except Unreadable as error:
                outcome.unreadable += 1
                log.error("%s.%s of row %s is unreadable: %s", column.table, column.name, key, error)
                continue
            if new != value:
                changes.append((key, value, new))
        outcome.rotated += _write(column, changes)
        if progress:
            progress(outcome.rotated)
    return outcome


def remaining(column: Column) -> int:
    """How many rows are not wholly on the newest key."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT count(*) FROM {table} WHERE {left}").format(
                table=sql.Identifier(column.table), left=_left(column)
            )
        )
        return int(cursor.fetchone()[0])


def _batches(column: Column, size: int) -> Iterator[list[tuple[Any, str]]]:
    last: Any = None
    while True:
        after = (
            sql.SQL("") if last is None else sql.SQL("AND {key} > %s").format(key=sql.Identifier(column.key))
        )
        query = sql.SQL(
            "SELECT {key}, {name}::text FROM {table} WHERE {left} {after} ORDER BY {key} LIMIT {size}"
        ).format(
            key=sql.Identifier(column.key),
            name=sql.Identifier(column.name),
            table=sql.Identifier(column.table),
            left=_left(column),
            after=after,
            size=sql.Literal(size),
        )
        with connection.cursor() as cursor:
            cursor.execute(query, [] if last is None else [last])
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _left(column: Column) -> sql.Composable:
    name = sql.Identifier(column.name)
    newest = f"{PREFIX}{newest_key_id()}."
    if column.embedded:
        # A string in JSON that begins with a token's prefix, but not the newest key's.
        return sql.SQL("{name}::text ~ {pattern}").format(
            name=name, pattern=sql.Literal(f'"{PREFIX.replace(".", "[.]")}(?!{newest_key_id()}[.])')
        )
    return sql.SQL("{name} <> '' AND NOT starts_with({name}, {newest})").format(
        name=name, newest=sql.Literal(newest)
    )


def _write(column: Column, changes: list[tuple[Any, str, str]]) -> int:
    statement = sql.SQL("UPDATE {table} SET {name} = %s{cast} WHERE {key} = %s AND {name}::text = %s").format(
        table=sql.Identifier(column.table),
        name=sql.Identifier(column.name),
        key=sql.Identifier(column.key),
        cast=sql.SQL("::jsonb") if column.embedded else sql.SQL(""),
    )
    written = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for key, old, new in changes:
            cursor.execute(statement, [new, key, old])
            written += cursor.rowcount
    return written


def _rotated_json(value: str) -> str:
    return json.dumps(_rotated(json.loads(value)))


def _rotated(value: Any) -> Any:
    if isinstance(value, str):
        return encrypt(decrypt(value)) if (key_id_of(value) or newest_key_id()) != newest_key_id() else value
    if isinstance(value, dict):
        return {key: _rotated(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rotated(item) for item in value]
    return value
