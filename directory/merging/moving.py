"""Rows on their way from the merged lead to the remaining one, and back: set-based, and each of them recorded.

1. Of rows that both have alike (`Table.once`) one is set aside, as JSON, until the undo.
2. The others move, the newest first, at most BATCH of a table at once; their ids are kept in the same statement.
3. Back: first what follows something that moved (messages follow their identity, the later ones, too), then what was
   recorded and is still with the remaining lead, then what was set aside, unless there is such a row again.

Whoever calls holds the lock of the remaining lead's placement.
"""

# ruff: noqa: S608 - the statements are put together from the names of models and columns, and what apps registered

from collections.abc import Iterable
from typing import Any

from django.db import connection, models

from crm.tenancy.fields import TenantForeignKey
from directory import merging
from directory.merging import Table
from directory.models import Merge, MovedRows, SetAside

BATCH = 2_000

_MOVED = MovedRows._meta.db_table
_ASIDE = SetAside._meta.db_table


def move(merge: Merge) -> bool:
    """A batch of every table. Whether there may be more."""
    more = False
    for table in merging.tables():
        if table.once:
            set_aside(merge, table)
        more |= _move(merge, table) == BATCH
    return more


def move_first(merge: Merge, table: Table, condition: str) -> None:
    """Those rows of a table that cannot wait for their batch; `condition` is SQL on the alias `row`."""
    while _move(merge, table, f" AND ({condition})") == BATCH:
        pass


def put_back_first(merge: Merge, table: Table, condition: str) -> None:
    """The same on the way back, of rows that follow what moved."""
    while _follow(merge, table, f" AND ({condition})") == BATCH:
        pass


def put_back(merge: Merge) -> bool:
    """A batch of every table. Whether there may be more."""
    more = False
    for table in merging.tables():
        if table.follows:
            more |= _follow(merge, table) == BATCH
        more |= _put_recorded_back(merge, table)
    return more


def restore(merge: Merge) -> None:
    """What was set aside, once the rows that were better are back where they were."""
    for table in merging.tables():
        if table.once:
            _restore(merge, table)


def set_aside(merge: Merge, table: Table) -> None:
    """The row of two that is not the better one."""
    better = f"({table.better})" if table.better else "false"
    _take_out(merge, table, "kept", better)
    _take_out(merge, table, "gone", "true")


def stayed(merge: Merge) -> dict[str, int]:
    """{table: how many rows came to the remaining lead since, and stay with it}, of those that have a label."""
    found: dict[str, int] = {}
    for table in merging.tables():
        if not table.label or not table.since:
            continue
        where = f"row.workspace_id = %s AND row.{table.column} = %s AND row.{table.since} > %s"
        params: list[Any] = [merge.workspace_id, merge.kept_id, merge.created_at]
        if table.follows:
            column, model = table.follows
            where += f" AND NOT row.{column} = ANY(%s)"
            params.append(moved_ids(merge, model))
        [(number,)] = _rows(f"SELECT count(*) FROM {table.name} row WHERE {where}", params)
        if number:
            found[table.model] = number
    return found


def moved_ids(merge: Merge, model: str) -> list[int]:
    """Of a table of few rows."""
    rows = MovedRows.objects.filter(merge=merge, table=model).values_list("ids", flat=True)
    return [pk for ids in rows for pk in ids]


def _move(merge: Merge, table: Table, condition: str = "") -> int:
    rows = _rows(
        f"""
        WITH chosen AS (
            SELECT row.id FROM {table.name} row
            WHERE row.workspace_id = %(workspace)s AND row.{table.column} = %(from)s{condition}
            ORDER BY row.id DESC LIMIT %(limit)s
        ), moved AS (
            UPDATE {table.name} row SET {table.column} = %(to)s{_cleared(table)}
            FROM chosen WHERE row.workspace_id = %(workspace)s AND row.id = chosen.id
            RETURNING row.id
        ), kept AS (
            INSERT INTO {_MOVED} (workspace_id, merge_id, "table", ids, is_back)
            SELECT %(workspace)s, %(merge)s, %(table)s, array_agg(id ORDER BY id DESC), false FROM moved
            HAVING count(*) > 0
        )
        SELECT count(*) FROM moved
        """,
        _given(merge, table, start=merge.gone_id, end=merge.kept_id),
    )
    return int(rows[0][0])


def _follow(merge: Merge, table: Table, condition: str = "") -> int:
    assert table.follows is not None
    column, model = table.follows
    leaders = moved_ids(merge, model)
    if not leaders:
        return 0
    rows = _rows(
        f"""
        WITH chosen AS (
            SELECT row.id FROM {table.name} row
            WHERE row.workspace_id = %(workspace)s AND row.{column} = ANY(%(leaders)s)
                AND row.{table.column} = %(from)s{condition}
            ORDER BY row.id DESC LIMIT %(limit)s
        ), moved AS (
            UPDATE {table.name} row SET {table.column} = %(to)s{_cleared(table)}
            FROM chosen WHERE row.workspace_id = %(workspace)s AND row.id = chosen.id
            RETURNING row.id
        )
        SELECT count(*) FROM moved
        """,
        {**_given(merge, table, start=merge.kept_id, end=merge.gone_id), "leaders": leaders},
    )
    return int(rows[0][0])


def _put_recorded_back(merge: Merge, table: Table) -> bool:
    """One recorded batch; what is no longer with the remaining lead stays where it is. Whether there is another."""
    batches = MovedRows.objects.filter(merge=merge, table=table.model, is_back=False).order_by("id")
    first, *others = list(batches[:2]) or [None]
    if first is None:
        return False
    taken = ""
    if table.once:
        same = " AND ".join(f"other.{name} = row.{name}" for name in table.once)
        where = f" AND ({table.once_where.format(row='other')})" if table.once_where else ""
        taken = f"""
            AND NOT EXISTS (SELECT FROM {table.name} other WHERE other.workspace_id = row.workspace_id
                AND other.{table.column} = %(to)s AND {same}{where})
        """
    _run(
        f"""
        UPDATE {table.name} row SET {table.column} = %(to)s{_cleared(table)}
        WHERE row.workspace_id = %(workspace)s AND row.id = ANY(%(ids)s) AND row.{table.column} = %(from)s {taken}
        """,
        {**_given(merge, table, start=merge.kept_id, end=merge.gone_id), "ids": first.ids},
    )
    MovedRows.objects.filter(pk=first.pk).update(is_back=True)
    return bool(others)


def _cleared(table: Table) -> str:
    """Where both leads have the same in a column that differs within a lead, the one that moves goes without."""
    if not table.clears:
        return ""
    column = table.clears
    return f""", {column} = CASE WHEN row.{column} IS NOT NULL AND EXISTS (
        SELECT FROM {table.name} other WHERE other.workspace_id = row.workspace_id
            AND other.{table.column} = %(to)s AND other.{column} = row.{column}
    ) THEN NULL ELSE row.{column} END"""


def _take_out(merge: Merge, table: Table, whose: str, condition: str) -> None:
    same = " AND ".join(f"gone.{name} = kept.{name}" for name in table.once)
    where = "".join(
        f" AND ({table.once_where.format(row=alias)})" for alias in ("gone", "kept") if table.once_where
    )
    other = "kept" if whose == "gone" else "gone"
    _run(
        f"""
        WITH taken AS (
            DELETE FROM {table.name} {whose} USING {table.name} {other}
            WHERE gone.workspace_id = %(workspace)s AND gone.{table.column} = %(from)s
                AND kept.workspace_id = %(workspace)s AND kept.{table.column} = %(to)s
                AND {same}{where} AND {condition}
            RETURNING to_jsonb({whose}.*) AS content
        )
        INSERT INTO {_ASIDE} (workspace_id, merge_id, "table", "row")
        SELECT %(workspace)s, %(merge)s, %(table)s, content FROM taken
        """,
        _given(merge, table, start=merge.gone_id, end=merge.kept_id),
    )


def _restore(merge: Merge, table: Table) -> None:
    """Rows whose tag, person or whatever they name was deleted meanwhile are left out."""
    fields = [field for field in table.of._meta.local_concrete_fields if not field.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    there = "".join(f" AND {one}" for one in _parents(fields))
    _run(
        f"""
        INSERT INTO {table.name} ({columns})
        SELECT {", ".join(f'kept."{field.column}"' for field in fields)}
        FROM {_ASIDE} aside CROSS JOIN LATERAL jsonb_populate_record(NULL::{table.name}, aside."row") kept
        WHERE aside.workspace_id = %(workspace)s AND aside.merge_id = %(merge)s AND aside."table" = %(table)s{there}
        ON CONFLICT DO NOTHING
        """,
        _given(merge, table, start=0, end=0),
    )


def _parents(fields: Iterable["models.Field[Any, Any]"]) -> Iterable[str]:
    for field in fields:
        if isinstance(field, TenantForeignKey):
            parent: Any = field.related_model
            key = parent._meta.pk.column
            yield (
                f'(kept."{field.column}" IS NULL OR EXISTS (SELECT FROM {parent._meta.db_table} parent'
                f' WHERE parent.workspace_id = kept.workspace_id AND parent."{key}" = kept."{field.column}"))'
            )


def _given(merge: Merge, table: Table, *, start: int, end: int) -> dict[str, Any]:
    return {
        "workspace": merge.workspace_id,
        "merge": merge.pk,
        "table": table.model,
        "from": start,
        "to": end,
        "limit": BATCH,
    }


def _rows(sql: str, params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _run(sql: str, params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
