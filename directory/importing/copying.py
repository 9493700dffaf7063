"""COPY: many rows into a table by one statement, for its triggers, too."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

_encode = DjangoJSONEncoder(ensure_ascii=False).encode


def copy(model: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY: one statement for its triggers, however many rows. Nothing where there are none."""
    several = iter(rows)
    first = next(several, None)
    if first is None:
        return
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as out,
    ):
        out.write_row(first)
        for row in several:
            out.write_row(row)


def as_json(data: dict[str, Any] | list[Any]) -> str:
    if data:
        return _encode(data)
    return "{}" if isinstance(data, dict) else "[]"  # most are: a lead that is made changed nothing
