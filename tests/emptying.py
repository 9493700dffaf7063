"""Emptying the database after a test whose transactions were committed.

Django truncates every table, for which the server makes their files and those of their indexes anew, and fills in again
what each installation has: half a second, for the ten tables that a test wrote to. Here only those are emptied, row by
row, and what each installation has stays. After a test that wrote very much Django's way is taken.
"""

from collections.abc import Sequence

from django.db import connection, transaction
from django.test import TransactionTestCase

from crm.feed.apps import begin_and_realign

STAYS = ("auth_permission", "django_content_type")
MUCH = 5_000  # rows of one table
ROUNDS = 3  # what triggers write while the others are emptied goes in the next one


def install() -> None:
    """In place of Django's way."""
    as_django_does = TransactionTestCase._fixture_teardown
    has: list[int] = []  # rows of STAYS

    def empty(case: TransactionTestCase) -> None:
        if has == _rows(STAYS) and _empty():
            begin_and_realign()
            return
        as_django_does(case)
        has[:] = _rows(STAYS)

    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]


def _empty() -> bool:
    """Whether nothing is left."""
    tables = [
        table
        for table in connection.introspection.django_table_names(only_existing=True)
        if table not in (*STAYS, "django_migrations")
    ]
    with transaction.atomic(), connection.cursor() as cursor:  # what refers to what is looked at in the end
        for _ in range(ROUNDS):
            held = {table: rows for table, rows in zip(tables, _rows(tables), strict=True) if rows}
            if not held:
                return True
            if max(held.values()) > MUCH:
                return False
            for table in held:
                cursor.execute(f'DELETE FROM "{table}"')
    return False


def _rows(tables: Sequence[str]) -> list[int]:
    """Of each, at most MUCH + 1."""
    counts = ", ".join(
        f'(SELECT count(*) FROM (SELECT FROM "{table}" LIMIT {MUCH + 1}) few)' for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return list(cursor.fetchone())
