"""Asking the database for the rows of a file, window by window.

1. `windows`: once, the leads are counted and cut by their numbers into windows of WINDOW.
2. `rows` or `copied`: each window by a statement of its own, with what is chosen and what the person sees asked again.

So a file of any size holds no transaction open and no lead twice: it has one number, in one window. A lead that leaves
the selection, or the person's sight, before its window is read is not in the file; one that changes is as it was at
that moment; one that is made later is above the last window.
"""

import itertools
from collections.abc import Sequence
from typing import IO, Any

from django.db import connection

from directory.exporting.columns import Filed
from directory.exporting.sources import Asked, Kind
from directory.models.placement import PlacementQuerySet

WINDOW = 10_000  # leads
# The first characters by which a spreadsheet takes a cell for a formula, as crm.jobs.csv_files has them.
_DANGEROUS = "ascii({0}) IN (61, 43, 45, 64, 9, 13, 10, 65309, 65291, 65293, 65312)"
_NEUTRAL = (
    "CASE WHEN "
    + _DANGEROUS
    + " AND {0} !~ '^-?[0-9]+(\\.[0-9]+)?$' THEN '''' || {0} ELSE nullif({0}, '') END"
)
_PHONE = (
    "CASE WHEN "
    + _DANGEROUS
    + " AND {0} !~ '^[+][0-9]+(, [+][0-9]+)*$' THEN '''' || {0} ELSE nullif({0}, '') END"
)
_CELLS = {
    Kind.TEXT: _NEUTRAL,
    Kind.WORD: _NEUTRAL,
    Kind.EMAIL: _NEUTRAL,
    Kind.PHONE: _PHONE,
    Kind.PHONES: _PHONE,
}

Window = list[int]  # the number of its last lead, and how many it had


def windows(selected: PlacementQuerySet, size: int = WINDOW) -> list[Window]:
    leads = _sql(selected.order_by().values_list("pk"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT max(lead), count(*) FROM ("  # noqa: S608 (composed by Django)
            f" SELECT lead, (row_number() OVER (ORDER BY lead) - 1) / {size:d} AS part FROM ({leads}) AS q (lead)"
            f") AS numbered GROUP BY part ORDER BY part"
        )
        return [list(row) for row in cursor.fetchall()]


def within(selected: PlacementQuerySet, after: int, last: int) -> PlacementQuerySet:
    return selected.filter(pk__gt=after, pk__lte=last)


def rows(selected: PlacementQuerySet, filed: Sequence[Filed], asked: Asked) -> list[tuple[Any, ...]]:
    """Of a window: the lead's number, then the columns that have a source; in the order of the numbers."""
    with connection.cursor() as cursor:
        cursor.execute(f"{statement(selected, filed, asked)} ORDER BY 1")
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def copied(
    file: IO[bytes], selected: PlacementQuerySet, filed: Sequence[Filed], asked: Asked, delimiter: str
) -> int:
    """A window as lines of CSV, written by PostgreSQL itself; all columns have a source. How many lines."""
    names = [f"c{place}" for place in range(len(filed))]
    cells = ", ".join(
        _CELLS.get(one.kind, "{0}").format(name) for one, name in zip(filed, names, strict=True)
    )
    # OFFSET 0: each expression is worked out once, however often its cell names it.
    inner = f"{statement(selected, filed, asked)} OFFSET 0"
    copying = (
        f"COPY (SELECT {cells} FROM ({inner}) AS q (lead, {', '.join(names)}) ORDER BY lead)"  # noqa: S608
        f" TO STDOUT (FORMAT csv, DELIMITER '{delimiter}')"
    )
    with connection.cursor() as cursor:
        with cursor.copy(copying) as copy:
            while lines := b"".join(itertools.islice(copy, 1_000)):
                file.write(lines)
        return int(cursor.rowcount)


def statement(selected: PlacementQuerySet, filed: Sequence[Filed], asked: Asked) -> str:
    """The lead's number, then the columns that have a source; in no order."""
    expressions = {
        f"file_{place}": one.source.expression(asked) for place, one in enumerate(filed) if one.source
    }
    return _sql(selected.order_by().annotate(**expressions).values_list("pk", *expressions))


def _sql(queryset: Any) -> str:
    """The statement with its values in it: COPY takes none beside."""
    text, params = queryset.query.sql_with_params()
    operations: Any = connection.ops
    return str(operations.compose_sql(text, params))
