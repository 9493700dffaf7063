"""A million leads, in minutes: set-based SQL over a hash of each lead's number, indexes and references afterwards."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from bench.million import cast, words
from bench.million.cast import Seed
from inbox.actions import floors

LOAD = Path(__file__).parent / "load"
THREAD = 100_000  # messages of the one long thread
OTHERS = 200  # workspaces beside the large one; together they have as many leads
SEED = 20
MARK = "bench: {leads} leads, seed {seed}, form 1"  # "form" changes with what the load makes
TABLES = (
    "directory_lead", "directory_contactpoint", "directory_leadtag", "directory_placement", "directory_event",
    "inbox_identity", "inbox_identitykey", "inbox_session", "inbox_message", "inbox_readmark", "inbox_readfloor",
)  # fmt: skip
# Indexes that wait, and references both ways: what is loaded names each other, and others name it.
STRUCTURE = """
SELECT 'c', conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype = 'f' FROM pg_constraint
WHERE (contype = 'f' AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[])))
   OR (contype = 'u' AND conrelid = ANY(%(tables)s::regclass[]))
UNION ALL
SELECT 'i', indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid), false FROM pg_index
WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT indisprimary
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype = 'u')
"""


def built() -> str:
    """What the database says that it holds; empty where it was not built, or not to the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description('directory_lead'::regclass)")
        return str(cursor.fetchone()[0] or "")


def build(leads: int, say: Callable[[str], None]) -> None:
    """Fill a migrated, empty database; one transaction, so that half of it is nothing. Nothing where it is built."""
    mark = MARK.format(leads=leads, seed=SEED)
    if built() == mark:
        return
    began = time.monotonic()
    with transaction.atomic():
        _settle(leads)
        with connection.cursor() as cursor, _without_structure(cursor, say):
            for script in sorted(LOAD.glob("*.sql")):
                cursor.execute(script.read_text(), _values(leads))
                say(f"{time.monotonic() - began:6.0f} s  {script.stem}")
            for table in TABLES:
                cursor.execute(f"ANALYZE {table}")
        with connection.cursor() as cursor:
            _go_on_counting(cursor)
            cursor.execute(f"COMMENT ON TABLE directory_lead IS '{mark}'")
    floors.raise_all()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    say(f"{time.monotonic() - began:6.0f} s  ready")


def _settle(leads: int) -> None:
    """The small tables, and `seed_workspace`, by which the load knows them."""
    seeds = [cast.make_large(), *(cast.make_other(number) for number in range(OTHERS))]
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE TEMP TABLE seed_workspace (place int PRIMARY KEY, is_large bool, workspace_id bigint, owner bigint,
                sellers bigint[], stages bigint[], bounds int[], channels bigint[], tags bigint[],
                won_reason bigint, lost_reason bigint) ON COMMIT DROP
        """)
        for place, seed in enumerate(seeds):
            cursor.execute(
                "INSERT INTO seed_workspace VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                _row(place, seed),
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # tables with checks to come cannot be altered
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL work_mem = '256MB'")


def _row(place: int, seed: Seed) -> tuple[Any, ...]:
    return (
        place, place == 0, seed.workspace_id, seed.owner, seed.sellers, seed.stages, seed.bounds, seed.channels,
        seed.tags, seed.won_reason, seed.lost_reason,
    )  # fmt: skip


def _values(leads: int) -> dict[str, Any]:
    return {
        "leads": leads, "others": OTHERS, "thread": THREAD, "seed": SEED,
        "first_names": words.FIRST_NAMES, "surnames": words.SURNAMES, "cities": words.CITIES,
        "notes": words.NOTES, "said": words.SAID, "powers": [62 ** (8 - digit) for digit in range(9)],
    }  # fmt: skip


@contextmanager
def _without_structure(cursor: CursorWrapper, say: Callable[[str], None]) -> Iterator[None]:
    """The tables with primary keys and checks alone; then all as it was. References come last, and see statistics."""
    cursor.execute(STRUCTURE, {"tables": list(TABLES)})
    rows = cursor.fetchall()
    constraints = sorted((row for row in rows if row[0] == "c"), key=lambda row: row[4])
    indexes = [row for row in rows if row[0] == "i"]
    for _kind, table, name, _definition, _is_reference in reversed(constraints):
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for _kind, _table, name, _definition, _is_reference in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    began = time.monotonic()
    for _kind, _table, _name, definition, _is_reference in indexes:
        cursor.execute(definition)
    for _kind, table, name, definition, _is_reference in constraints:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    say(f"{time.monotonic() - began:6.0f} s  indexes and references")


def _go_on_counting(cursor: CursorWrapper) -> None:
    """Keys that were given by number are not given again."""
    for table in ("directory_lead", "inbox_identity", "inbox_session"):
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
