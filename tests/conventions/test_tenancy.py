"""What the models say of tenancy, compared with what PostgreSQL holds."""

import re

import pytest
from django.apps import apps
from django.db import connection

from crm.tenancy import TenantModel, TenantPart, references
from crm.tenancy.checks import DUE, check_tenancy, is_within_workspace, whole_of
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.operations import constraint_name
from crm.tenancy.registry import OUTSIDE

TENANTS = [model for model in apps.get_models() if issubclass(model, TenantModel) and not model._meta.proxy]


def test_the_system_check_finds_nothing():
    assert [str(message) for message in check_tenancy(None)] == []


def test_every_model_listed_as_outside_exists_and_has_a_reason():
    known = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert set(OUTSIDE) - known == set()
    assert all(OUTSIDE.values())


def test_no_model_listed_as_outside_is_a_tenants():
    assert [model._meta.label for model in TENANTS if model._meta.label in OUTSIDE] == []


@pytest.mark.django_db
@pytest.mark.parametrize("model", TENANTS, ids=lambda model: model._meta.label)
def test_the_database_keeps_every_reference_within_the_workspace(model):
    found = _constraints(model._meta.db_table)
    for field in model._meta.local_fields:
        if not isinstance(field, TenantForeignKey):
            continue
        parent = field.related_model
        assert is_within_workspace(parent)
        name = constraint_name(model._meta.db_table, field.column)
        assert name in found, (
            f"{model._meta.label}.{field.name}: add the operation TenantForeignKey to a migration"
        )
        assert re.sub(r"[\"\s]", "", found[name]).startswith(
            f"FOREIGNKEY(workspace_id,{field.column})REFERENCES{parent._meta.db_table}(workspace_id,id)"
        )


@pytest.mark.django_db
@pytest.mark.parametrize("model", TENANTS, ids=lambda model: model._meta.label)
def test_every_index_in_the_database_begins_with_the_workspace(model):
    """Also those that a migration made in SQL, which the system check does not see."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, i.indisprimary, i.indpred IS NOT NULL, pg_get_indexdef(i.indexrelid, 1, true)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %s::regclass
            """,
            [model._meta.db_table],
        )
        for name, primary, partial, first in cursor.fetchall():
            assert primary or (partial and name.endswith(DUE)) or first == "workspace_id", name


@pytest.mark.django_db
@pytest.mark.parametrize("model", TENANTS, ids=lambda model: model._meta.label)
def test_the_workspace_of_every_row_is_set_and_exists(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attnotnull FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'workspace_id'",
            [model._meta.db_table],
        )
        assert cursor.fetchone() == (True,)
    keys = [re.sub(r"[\"\s]", "", text) for text in _constraints(model._meta.db_table).values()]
    if issubclass(model, TenantPart):  # the row that it belongs to exists, in the workspace that it names
        wholes = [
            f"FOREIGNKEY(workspace_id,{column})REFERENCES" in key
            for column in whole_of(model)
            for key in keys
        ]
        assert any(wholes)
        assert not any("REFERENCESworkspaces_workspace(id)" in key for key in keys)
    else:
        assert any("REFERENCESworkspaces_workspace(id)" in key for key in keys)


def _constraints(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'f' AND convalidated",
            [table],
        )
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_own_triggers_keep_what_they_keep_while_references_are_checked_by_statement():
    """`crm.tenancy.references` sets the mode of a replica, in which an ordinary trigger does nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal
                AND tgrelid IN (SELECT tgrelid FROM pg_trigger WHERE tgname = %s)
            """,
            [references.TRIGGER],
        )
        found = cursor.fetchall()
    checked = {table for table, name, how in found if name == references.TRIGGER and how == "R"}
    assert {table for table, _name, _how in found} == checked
    assert [row for row in found if row[1] != references.TRIGGER and row[2] != "A"] == []


@pytest.mark.django_db
def test_each_key_of_a_table_is_checked_by_statement_where_any_is():
    """A key that was added later asks for another `CheckReferences`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.conname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            JOIN pg_constraint c ON c.conrelid = t.tgrelid AND c.contype = 'f' WHERE t.tgname = %s
            """,
            [references.TRIGGER],
        )
        found = cursor.fetchall()
    assert found
    assert [name for name, body in found if f"CONSTRAINT = '{name}'" not in body] == []
