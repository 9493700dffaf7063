"""A row's INSERT and UPDATE, compiled once for a model and the columns that are named.

They do what `save()` does to the row and the instance: defaults, the scope's check, what the database fills in. They
send no signals (nothing of ours listens to any) and save no parents (no model of ours has any).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import NOT_PROVIDED, Field, Model, UniqueConstraint

from crm.prepared import cursors
from crm.tenancy import TenantModel


def insert(row: Model, *, unless: str = "") -> bool:
    """A new row, with its key. `unless` names a unique constraint of the model: where another row holds its values
    already, nothing is written and False is given."""
    if isinstance(row, TenantModel):
        row.claim_for_scope()
    statement = _insert(type(row), unless)
    connection = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in statement.fields]
    with cursors.cursor() as cursor:
        cursor.execute(statement.sql, values)
        made = cursor.fetchone()
    if made is None:
        return False
    for field, value in zip(statement.returned, made, strict=True):
        setattr(row, field.attname, _read(field, value, connection))
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return True


def update(row: Model, fields: Iterable[str]) -> None:
    """These columns of a row, by its key. DatabaseError where it is no longer there."""
    if isinstance(row, TenantModel):
        row.check_in_scope()
    statement = _update(type(row), tuple(fields))
    connection = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in statement.fields]
    with cursors.cursor() as cursor:
        cursor.execute(statement.sql, values)
        if cursor.rowcount != 1:
            raise DatabaseError("The row that was to be changed is not there.")


@dataclass(frozen=True)
class _Statement:
    """`fields` give its values, in order; `returned` take what it answers."""

    sql: str
    fields: tuple[Field[Any, Any], ...]
    returned: tuple[Field[Any, Any], ...] = ()


@cache
def _insert(model: type[Model], unless: str) -> _Statement:
    columns = [field for field in model._meta.local_concrete_fields if not field.generated]
    filled = [field for field in columns if _is_filled_in(field)]
    given = tuple(field for field in columns if field not in filled)
    returned = tuple(filled) or (model._meta.pk,)
    into = f"INSERT INTO {_quoted(model._meta.db_table)} ({_listed(given)})"
    values = f"VALUES ({', '.join(['%s'] * len(given))})"
    sql = f"{into} {values}{_conflict(model, unless)} RETURNING {_listed(returned)}"
    return _Statement(sql, given, returned)


@cache
def _update(model: type[Model], names: tuple[str, ...]) -> _Statement:
    fields = _fields(model, names)
    keys = _fields(model, ("workspace",)) if issubclass(model, TenantModel) else ()
    keys += (model._meta.pk,)
    assigned = ", ".join(f"{_quoted(str(field.column))} = %s" for field in fields)
    known = " AND ".join(f"{_quoted(str(field.column))} = %s" for field in keys)
    sql = f"UPDATE {_quoted(model._meta.db_table)} SET {assigned} WHERE {known}"  # noqa: S608 (the model's names)
    return _Statement(sql, (*fields, *keys))


def _is_filled_in(field: Field[Any, Any]) -> bool:
    """By the database alone: a key it counts, a default that only it has."""
    counted = field.primary_key and field.get_internal_type() in ("AutoField", "BigAutoField")
    return counted or (field.has_db_default() and field.default is NOT_PROVIDED)


def _conflict(model: type[Model], unless: str) -> str:
    if not unless:
        return ""
    [constraint] = [one for one in model._meta.constraints if one.name == unless]
    assert isinstance(constraint, UniqueConstraint)
    where = ""
    if constraint.condition is not None:
        says: Any = constraint  # the types leave out how a constraint says its condition
        where = f" WHERE {says._get_condition_sql(model, connections[DEFAULT_DB_ALIAS].schema_editor())}"
    return f" ON CONFLICT ({_listed(_fields(model, constraint.fields))}){where} DO NOTHING"


def _fields(model: type[Model], names: Iterable[str]) -> tuple[Field[Any, Any], ...]:
    every: dict[str, Any] = {name: model._meta.get_field(name) for name in names}
    return tuple(every.values())


def _listed(fields: Iterable[Field[Any, Any]]) -> str:
    return ", ".join(_quoted(str(field.column)) for field in fields)


def _quoted(name: str) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)


def _read(field: Field[Any, Any], value: Any, connection: Any) -> Any:
    for function in field.get_db_converters(connection):
        value = function(value, None, connection)
    return value
