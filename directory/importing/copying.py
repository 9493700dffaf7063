"""COPY: many rows into a table by one statement, for its triggers, too.

Rows are texts, put together where the time is (a thread has it while the database writes): the driver's own way with
single values took a third of the time of an import.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

_encode = DjangoJSONEncoder(ensure_ascii=False).encode
SIGN = re.compile(r"[\\\t\n\r]")  # what COPY would take for its own
_SIGNS = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def copy(model: Any, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Of lines as `line` makes them. Nothing where there are none."""
    text = "".join(lines)
    if not text:
        return
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as out,
    ):
        out.write(text)


def line(*values: Any) -> str:
    """A row."""
    return "\t".join(map(cell, values)) + "\n"


def cell(value: Any) -> str:
    """A value as COPY reads it: text, numbers, booleans, dates and moments, None."""
    if value is None:
        return r"\N"
    if isinstance(value, str):
        return value.translate(_SIGNS) if SIGN.search(value) else value
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)


def as_json(data: dict[str, Any] | list[Any]) -> str:
    if data:
        return _encode(data)
    return "{}" if isinstance(data, dict) else "[]"  # most are: a lead that is made changed nothing
