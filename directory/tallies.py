"""Keeping the tallies: folding what gathers, and a recount that finds drift.

A change of placements inserts differences (see directory.operations); whoever asks sums everything. Folding replaces
differences and the sums they belong to by new sums, in one statement, so that a reader sees either. Nothing waits for
it: differences that commit meanwhile are not seen, and stay for the next time.
"""

import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

log = logging.getLogger(__name__)

_NUMBER = "hashtextextended('directory.tallies', 0)"  # of the lock: whoever folds or mends is alone
_KEY = "workspace_id, stage_id, assignee_id, status, outcome, is_archived"
_NULLABLE = {"stage_id", "assignee_id"}  # 0 is nobody's id; IS NOT DISTINCT FROM would compare each with each
_SAME = " AND ".join(
    f"coalesce(sums.{name}, 0) = coalesce(keys.{name}, 0)"
    if name in _NULLABLE
    else f"sums.{name} = keys.{name}"
    for name in _KEY.split(", ")
)

# Both deletions are in one snapshot with what is inserted; MATERIALIZED so that each happens once.
_FOLD = f"""
    WITH gone AS MATERIALIZED (
        DELETE FROM directory_tally WHERE workspace_id = %s AND NOT is_folded RETURNING {_KEY}, amount, value
    ), keys AS (
        SELECT DISTINCT {_KEY} FROM gone
    ), sums_gone AS MATERIALIZED (
        DELETE FROM directory_tally AS sums USING keys
        WHERE sums.workspace_id = %s AND sums.is_folded AND {_SAME}
        RETURNING sums.workspace_id, sums.stage_id, sums.assignee_id, sums.status, sums.outcome,
            sums.is_archived, sums.amount, sums.value
    )
    INSERT INTO directory_tally ({_KEY}, amount, value, is_folded)
    SELECT {_KEY}, sum(amount), sum(value), true
    FROM (SELECT * FROM gone UNION ALL SELECT * FROM sums_gone) AS both_rows
    GROUP BY {_KEY} HAVING sum(amount) <> 0 OR sum(value) <> 0
"""  # noqa: S608 (our own columns)

_DRIFT = f"""
    SELECT {_KEY}, sum(counted)::bigint, sum(tallied)::bigint, sum(worth) - sum(summed)
    FROM (
        SELECT {_KEY}, count(*) AS counted, 0 AS tallied, coalesce(sum(value), 0) AS worth, 0 AS summed
        FROM directory_placement WHERE workspace_id = %s GROUP BY {_KEY}
        UNION ALL
        SELECT {_KEY}, 0, sum(amount), 0, sum(value) FROM directory_tally WHERE workspace_id = %s GROUP BY {_KEY}
    ) AS both_sides
    GROUP BY {_KEY} HAVING sum(counted) <> sum(tallied) OR sum(worth) <> sum(summed)
"""  # noqa: S608


def fold() -> int:
    """All workspaces that have differences, each in a transaction of its own; how many were folded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT workspace_id FROM directory_tally WHERE NOT is_folded")
        waiting = [row[0] for row in cursor.fetchall()]
    return sum(_fold_one(workspace) for workspace in waiting)


def recount() -> int:
    """Compare all workspaces with their placements, mend what differs, and say so; how many differed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM workspaces_workspace WHERE deletion_begun_at IS NULL ORDER BY id")
        workspaces = [row[0] for row in cursor.fetchall()]
    return sum(_mend(workspace) for workspace in workspaces)


def drift(workspace_id: int) -> Mapping[tuple[Any, ...], tuple[int, int, Decimal]]:
    """{key: (counted, tallied, by how much their values differ)} where they do; one statement, hence one snapshot:
    work going on is no drift."""
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT, [workspace_id, workspace_id])
        return {tuple(row[:-3]): tuple(row[-3:]) for row in cursor.fetchall()}


@transaction.atomic
def _fold_one(workspace_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({_NUMBER})")
        if not cursor.fetchone()[0]:
            return False  # another fold is under way
        # What has gathered since the last statistics looks like one row, which nested loops would be best for.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_FOLD, [workspace_id, workspace_id])
        return True


@transaction.atomic
def _mend(workspace_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_NUMBER})")
    found = drift(workspace_id)
    if not found:
        return False
    log.error(
        "Tallies differ from the placements",
        extra={"fields": {"workspace": workspace_id, "keys": len(found)}},
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO directory_tally ({_KEY}, amount, value) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",  # noqa: S608
            [(*key, counted - tallied, worth) for key, (counted, tallied, worth) in found.items()],
        )
    return True
