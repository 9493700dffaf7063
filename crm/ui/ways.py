"""The first rows of what any of several conditions leads to, each read in order from an index of its own.

As one OR the same is answered by no index: PostgreSQL walks the whole order, or sorts everything there is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

Row = TypeVar("Row", bound=Model)
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
    """Of the rows that any of the ways leads to, the first `limit` of each: among them are the first `limit` of all."""
    parts: list[str] = []
    params: list[Any] = []
    for way in ways:
        try:
            sql, values = _part(queryset.filter(way.condition).select_related(None), way, order, limit)
        except EmptyResultSet:
            continue
        parts.append(f"({sql})")
        params += values
    return queryset.filter(pk__in=RawSQL(" UNION ALL ".join(parts), params)) if parts else queryset.none()  # noqa: S611 (compiled by Django)


def merged(
    asked: QuerySet[Any, Any], ways: Sequence[Q], order: Sequence[str], bound: int | None
) -> tuple[str, list[Any]]:
    """SQL, and its values, of what is `asked` of the first `bound` rows that any of the ways leads to (None: of all),
    passed in their order: the ways are merged as they are walked, and the walk ends where `asked` has its rows.

    `asked` is in the same order, and has a limit; ways exclude each other, each with an index in that order.
    EmptyResultSet where there can be none.

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
    source = parts[0]
    if parts[1:]:
        places = ", ".join(
            f'm."{column}" {"DESC" if name[0] == "-" else "ASC"}' for name, column in placed.items()
        )
        every = " UNION ALL ".join(f"({part})" for part in parts)
        source = f"SELECT * FROM ({every}) AS m ORDER BY {places}"  # noqa: S608 (compiled by Django)
        source += "" if bound is None else f" LIMIT {bound}"
    return f'{head} FROM ({source}) AS "{table}"{tail}', [*params, *values]


def walk_in_order() -> None:
    """For the rest of the transaction PostgreSQL sorts only where no index has the order. It does not know how many
    rows a condition leaves, and would rather gather and sort all of them; the caller does know. Nothing outside of
    one."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")


def compiled(queryset: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    """SQL and its values, in the scope. EmptyResultSet where it can have no rows."""
    sql, values = queryset.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, list(values)


def _part(rows: QuerySet[Any], way: Way, order: Sequence[str], limit: int) -> tuple[str, list[Any]]:
    if way.is_gathered:
        return _gathered(rows, order, limit)
    upward = not order[0].startswith("-")
    nulls = [name if upward == way.rises else f"-{name}" for name in way.nulls]
    if way.each is None:
        return compiled(rows.order_by(*nulls, *order).values_list("pk")[:limit])
    column, values = way.each
    if not values:
        raise EmptyResultSet
    one = rows.filter(**{column: _VALUE}).order_by(*nulls, *order).values_list("pk")[:limit]
    sql, params = _put(*compiled(one), "c.value")
    sql = f"SELECT f.id FROM unnest(%s::bigint[]) AS c(value) CROSS JOIN LATERAL ({sql}) AS f(id)"  # noqa: S608
    return sql, [list(values), *params]


def _gathered(rows: QuerySet[Any], order: Sequence[str], limit: int) -> tuple[str, list[Any]]:
    """OFFSET 0 keeps the order outside: PostgreSQL would rather walk an index of it, in the hope of a match."""
    key, way = order[0].removeprefix("-"), "DESC" if order[0].startswith("-") else "ASC"
    sql, params = compiled(rows.order_by().values_list("pk", key))
    sql = f"SELECT g.id FROM ({sql} OFFSET 0) AS g(id, place) ORDER BY g.place {way}, g.id {way} LIMIT %s"  # noqa: S608
    return sql, [*params, limit]


def _put(sql: str, params: list[Any], text: str) -> tuple[str, list[Any]]:
    """`text` where the value's stand-in was."""
    pieces = sql.split("%s")
    done, given = pieces[0], []
    for value, piece in zip(params, pieces[1:], strict=True):
        is_sample = isinstance(value, int) and value == _VALUE
        done += (text if is_sample else "%s") + piece
        given += [] if is_sample else [value]
    return done, given
