"""The first rows of what any of several conditions leads to, each read in order from an index of its own.

As one OR the same is answered by no index: PostgreSQL walks the whole order, or sorts everything there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

Row = TypeVar("Row", bound=Model)
MOST_SPREAD = 12  # values of a column that are walked by a scan each, and merged
_HELD = 100  # times work_mem: of what is believed to be in a hash, not of what is
# For the rest of a transaction PostgreSQL sorts only where no index has the order. It does not know how many rows a
# condition leaves, and would rather gather and sort all of them; the caller does know. What is held as a hash meanwhile
# is held, even where it believes that this is much.
IN_ORDER = f"SET LOCAL enable_sort = off; SET LOCAL hash_mem_multiplier = {_HELD}"
_VALUE = -(2**60)  # no key: it stands for each of a way's values while a query is compiled


@dataclass(frozen=True)
class Way:
    """A condition on rows that one index answers in the order asked for.

    `nulls` are columns that the condition says are null and that the index has before that order: PostgreSQL leaves
    out of an order what equals a constant, but not what IS NULL. `rises`: the index's order does, too.
    `each` is a column of ids and those it may have: a scan for each of them, of one plan however many they are.
    `is_gathered`: of few rows, which no index holds in that order: all are read, and then sorted.
    """

    condition: Q
    nulls: tuple[str, ...] = ()
    rises: bool = False
    each: tuple[str, tuple[int, ...]] | None = None
    is_gathered: bool = False

    @property
    def alone(self) -> list[Q]:
        """A condition for each of its values."""
        if self.each is None:
            return [self.condition]
        column, values = self.each
        return [self.condition & Q(**{column: value}) for value in values]


def cut(queryset: QuerySet[Row], ways: Sequence[Way], order: Sequence[str], limit: int) -> QuerySet[Row]:
    """Of the rows that any of the ways leads to, the first `limit`: their ids are found before they are read.

    The ways are merged, whichever has the next row, so that each is walked no further than the last row asked for (as
    of PostgreSQL 17; before, each to its own `limit`). Each is planned by itself, as if it were walked that far: of
    one merged with others PostgreSQL believes that it is hardly begun, and begins what never finds a row.
    """
    parts: list[str] = []
    params: list[Any] = []
    for way in _spread(ways):
        try:
            sql, values = _part(queryset.filter(way.condition).select_related(None), way, order, limit)
        except EmptyResultSet:
            continue
        parts.append(sql)
        params += values
    if not parts:
        return queryset.none()
    names = [f"w{number}" for number in range(len(parts))]
    walks = ", ".join(
        f"{name}{_columns(order)} AS MATERIALIZED ({part})" for name, part in zip(names, parts, strict=True)
    )
    every = " UNION ALL ".join(f"SELECT * FROM {name}" for name in names)  # noqa: S608
    by = ", ".join(
        _towards(name, one) for name, one in zip(("place", "id")[-len(order) :], order, strict=True)
    )
    sql = f"WITH {walks} SELECT f.id FROM ({every}) AS f ORDER BY {by} LIMIT %s"  # noqa: S608
    return queryset.filter(pk__in=RawSQL(sql, [*params, limit]))  # noqa: S611 (compiled by Django)


def first_of_each(queryset: QuerySet[Row], way: Way, order: Sequence[str], limit: int) -> QuerySet[Row]:
    """The first `limit` rows of each of a way's values, where `cut` gives those of all together."""
    try:
        sql, params = _part(queryset.filter(way.condition).select_related(None), way, order, limit)
    except EmptyResultSet:
        return queryset.none()
    return queryset.filter(pk__in=RawSQL(f"SELECT f.id FROM ({sql}) AS f{_columns(order)}", params))  # noqa: S608, S611 (compiled by Django)


def merged(
    asked: QuerySet[Any, Any], ways: Sequence[Q], order: Sequence[str], bound: int | None, *, among: str = ""
) -> tuple[str, list[Any]]:
    """SQL, and its values, of what is `asked` of the first `bound` rows that any of the ways leads to (None: of all),
    passed in their order: the ways are merged as they are walked, and the walk ends where `asked` has its rows.

    `asked` is in the same order, and has a limit; ways exclude each other, each with an index in that order.
    EmptyResultSet where there can be none. `among`: of those rows the ones whose keys are in this table, which are all
    found before anything else is asked of them.

    1. The ways' rows stand, as a table, in the place of the model's own, with those columns that are asked for.
    2. A way is cut and ordered by itself: PostgreSQL merges in their order what has one.
    """
    options = asked.model._meta
    table = options.db_table
    sql, values = compiled(asked)
    head, tail = sql.split(f' FROM "{table}"', 1)
    columns = {name: name.removeprefix("-") for name in order}
    placed = {
        name: str(options.pk.column if column == "pk" else options.get_field(column).column)
        for name, column in columns.items()
    }
    named = set(re.findall(rf'"{table}"."(\w+)"', head + tail)) | {*placed.values()}
    needed = [field.attname for field in options.concrete_fields if field.column in named]
    parts: list[str] = []
    params: list[Any] = []
    for way in ways:
        rows = asked.model._default_manager.filter(way).order_by(*order).values_list(*needed)
        try:
            part, its = compiled(rows if bound is None else rows[:bound])
        except EmptyResultSet:
            continue
        parts.append(part)
        params += its
    if not parts:
        raise EmptyResultSet
    places = ", ".join(
        f'm."{column}" {"DESC" if name[0] == "-" else "ASC"}' for name, column in placed.items()
    )
    source = parts[0]
    if parts[1:]:
        every = " UNION ALL ".join(f"({part})" for part in parts)
        source = f"SELECT * FROM ({every}) AS m ORDER BY {places}"  # noqa: S608 (compiled by Django)
        source += "" if bound is None else f" LIMIT {bound}"
    if among:  # OFFSET 0 keeps the order outside, for which PostgreSQL would look up each row
        met = (
            f'SELECT * FROM ({source}) AS m WHERE m."{options.pk.column}" IN (SELECT * FROM {among}) OFFSET 0'  # noqa: S608
        )
        source = f"SELECT * FROM ({met}) AS m ORDER BY {places}"  # noqa: S608
    return f'{head} FROM ({source}) AS "{table}"{tail}', [*params, *values]


def walk_in_order() -> None:
    """`IN_ORDER` from here on; nothing outside of a transaction."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(IN_ORDER)


@contextmanager
def walking_in_order() -> Iterator[None]:
    """The same while this lasts, and for what an index holds in a part of the order, too."""
    walked = connection.in_atomic_block
    if walked:
        _set_sorting("off")
    yield
    if walked:
        _set_sorting("on")


def compiled(queryset: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    """SQL and its values, in the scope. EmptyResultSet where it can have no rows."""
    sql, values = queryset.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, list(values)


def _set_sorting(setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_sort = {setting}; SET LOCAL enable_incremental_sort = {setting}")


def _spread(ways: Sequence[Way]) -> Iterator[Way]:
    """A way for each of few values, to be merged."""
    for way in ways:
        if way.each is None or len(way.each[1]) > MOST_SPREAD:
            yield way
            continue
        for condition in way.alone:
            yield replace(way, condition=condition, each=None)


def _part(rows: QuerySet[Any], way: Way, order: Sequence[str], limit: int) -> tuple[str, list[Any]]:
    """Of ids, and what they are sorted by."""
    columns = ["pk", *(name.removeprefix("-") for name in order[:-1])]
    if way.is_gathered:
        return _gathered(rows, columns)
    upward = not order[0].startswith("-")
    nulls = [name if upward == way.rises else f"-{name}" for name in way.nulls]
    if way.each is None:
        return compiled(rows.order_by(*nulls, *order).values_list(*columns)[:limit])
    column, values = way.each
    if not values:
        raise EmptyResultSet
    one = rows.filter(**{column: _VALUE}).order_by(*nulls, *order).values_list(*columns)[:limit]
    sql, params = _put(*compiled(one), "c.value")
    sql = f"SELECT f.* FROM unnest(%s::bigint[]) AS c(value) CROSS JOIN LATERAL ({sql}) AS f"  # noqa: S608
    return sql, [list(values), *params]


def _gathered(rows: QuerySet[Any], columns: Sequence[str]) -> tuple[str, list[Any]]:
    """OFFSET 0 keeps the order outside: PostgreSQL would rather walk an index of it, in the hope of a match."""
    sql, params = compiled(rows.order_by().values_list(*columns))
    return f"{sql} OFFSET 0", params


def _columns(order: Sequence[str]) -> str:
    """What a part's columns are called."""
    return "(id, place)" if len(order) > 1 else "(id)"


def _towards(name: str, order: str) -> str:
    return f"f.{name} {'DESC' if order.startswith('-') else 'ASC'}"


def _put(sql: str, params: list[Any], text: str) -> tuple[str, list[Any]]:
    """`text` where the value's stand-in was."""
    pieces = sql.split("%s")
    done, given = pieces[0], []
    for value, piece in zip(params, pieces[1:], strict=True):
        is_sample = isinstance(value, int) and value == _VALUE
        done += (text if is_sample else "%s") + piece
        given += [] if is_sample else [value]
    return done, given
