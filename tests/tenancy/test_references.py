"""Foreign keys checked for all rows of a statement at once refuse what PostgreSQL's own check refuses."""

import threading
import time

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from crm.tenancy import references, scope
from tests.at_once import at_once
from tests.tenancy.models import Book, Shelf

_BOOKS = """
    INSERT INTO tenancy_tests_book (workspace_id, title, shelf_id, sequel_id)
    SELECT %s, 'made', shelf, sequel FROM unnest(%s::bigint[], %s::bigint[]) AS x (shelf, sequel)
"""
NOBODY = 10**12


def put(workspace, shelves, sequels=None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BOOKS, [workspace.pk, shelves, sequels or [None] * len(shelves)])


def mode() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        return cursor.fetchone()[0]


def made(workspace) -> int:
    with scope(workspace):
        return Book.objects.filter(title="made").count()


def test_what_refers_to_what_is_there_goes_in_and_is_checked_at_once(ours):
    with references.by_statement():
        assert mode() == "replica"
        put(ours.workspace, [ours.shelf.pk] * 500, [ours.book.pk, None] * 250)
    assert mode() == "origin"
    assert made(ours.workspace) == 500


@pytest.mark.parametrize("where", ["nowhere", "in another workspace"])
@pytest.mark.parametrize("column", ["shelf", "sequel"])
def test_one_row_that_refers_to_what_is_not_there_refuses_all(ours, theirs, column, where):
    """Named as PostgreSQL names it, and gone whoever catches it."""
    foreign = {"shelf": theirs.shelf.pk, "sequel": theirs.book.pk}[column]
    bad = foreign if where == "in another workspace" else NOBODY
    shelves = [ours.shelf.pk, ours.shelf.pk, bad if column == "shelf" else ours.shelf.pk]
    sequels = [None, ours.book.pk, bad if column == "sequel" else None]
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), references.by_statement():
        put(ours.workspace, shelves, sequels)
    cause = refused.value.__cause__
    assert (cause.sqlstate, cause.diag.constraint_name) == (
        "23503",
        f"tenancy_tests_book_{column}_id_tenant",
    )
    assert mode() == "origin"
    assert made(ours.workspace) == 0


def test_a_row_may_refer_to_one_that_came_by_the_same_statement(ours):
    with connection.cursor() as cursor, references.by_statement():
        cursor.execute(
            """
            INSERT INTO tenancy_tests_book (id, workspace_id, title, shelf_id, sequel_id)
            VALUES (%s, %s, 'made', %s, %s), (%s, %s, 'made', %s, NULL)
            """,
            [
                NOBODY,
                ours.workspace.pk,
                ours.shelf.pk,
                NOBODY + 1,
                NOBODY + 1,
                ours.workspace.pk,
                ours.shelf.pk,
            ],
        )
    assert made(ours.workspace) == 2


def test_what_fails_within_is_given_up_though_it_is_caught(ours):
    class Oops(Exception):
        pass

    with transaction.atomic():
        with pytest.raises(Oops), references.by_statement():
            put(ours.workspace, [ours.shelf.pk])
            raise Oops
        with pytest.raises(transaction.TransactionManagementError):
            made(ours.workspace)
    assert (mode(), made(ours.workspace)) == ("origin", 0)


def test_without_the_right_postgresql_checks_row_by_row(ours, theirs, monkeypatch):
    lacking = references._BEGIN.replace(
        "'session_replication_role', 'SET'", "'allow_system_table_mods', 'SET'"
    )
    monkeypatch.setattr(references, "_BEGIN", lacking)
    with references.by_statement():
        assert mode() == "origin"
        put(ours.workspace, [ours.shelf.pk])
    connection.check_constraints()
    assert made(ours.workspace) == 1
    with pytest.raises(IntegrityError, match="shelf_id_tenant"), transaction.atomic():
        with references.by_statement():
            put(ours.workspace, [theirs.shelf.pk])
        connection.check_constraints()


@pytest.mark.django_db(transaction=True)
def test_what_is_referred_to_cannot_go_meanwhile(transactional_db, ours):
    """Whoever is first: the row that comes is refused, or the one that goes stays."""
    with scope(ours.workspace):
        first, second = (Shelf.objects.create(name=name) for name in ("first", "second"))
    deleted, filled = threading.Event(), threading.Event()

    def delete_first() -> None:
        with transaction.atomic():
            _delete(first.pk)
            deleted.set()
            _until_somebody_waits()

    def fill_first() -> None:
        deleted.wait(30)
        refused = pytest.raises(IntegrityError, match="shelf_id_tenant")
        with refused, transaction.atomic(), references.by_statement():
            put(ours.workspace, [first.pk])

    def fill_second() -> None:
        with transaction.atomic():
            with references.by_statement():
                put(ours.workspace, [second.pk])
            filled.set()
            _until_somebody_waits()

    def delete_second() -> None:
        filled.wait(30)
        with pytest.raises(IntegrityError, match="shelf_id_tenant"), transaction.atomic():
            _delete(second.pk)

    at_once(delete_first, fill_first)
    at_once(fill_second, delete_second)
    with scope(ours.workspace):
        assert list(Shelf.objects.filter(name__in=["first", "second"])) == [second]
    assert made(ours.workspace) == 1


def _delete(shelf: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tenancy_tests_shelf WHERE id = %s", [shelf])


def _until_somebody_waits() -> None:
    deadline = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT pid FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)) LIMIT 1"
            )
            if cursor.fetchone():
                return
            time.sleep(0.02)
    raise DatabaseError("nobody waits")
