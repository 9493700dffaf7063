from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from crm.tenancy import references, scope
from directory.models import Lead
from tests.directory import house
from workspaces.models import Membership


@pytest.fixture
def few(owner: Membership, seller: Membership) -> list[Lead]:
    """Ten, from A to J; each was written to a minute after the one before, and created in the opposite order."""
    made = []
    now = timezone.now()
    with scope(owner.workspace):
        for number, letter in enumerate("ABCDEFGHIJ"):
            lead = house.lead(
                owner.workspace,
                name=f"{letter} lead",
                assignee=seller if number % 2 else None,
                last_activity_at=now + timedelta(minutes=number),
                created_at=now - timedelta(minutes=number),
            )
            Lead.objects.filter(pk=lead.pk).update(created_at=now - timedelta(minutes=number))
            made.append(lead)
    return made


@pytest.fixture
def references_watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tables that were written while references were checked by statement. Each has the trigger, and rows only came."""
    by_statement, seen = references.by_statement, []

    @contextmanager
    def watched() -> Iterator[None]:
        with by_statement():
            before = _written()
            yield
            for table, (came, changed, checked) in _written().items():
                assert changed == before[table][1], f"{table} was changed, and nobody checked"
                if came > before[table][0]:
                    assert checked, f"{table} has no trigger that checks references"
                    seen.append(table)

    monkeypatch.setattr(references, "by_statement", watched)
    return seen


def _written() -> dict[str, tuple[int, int, bool]]:
    """Of this transaction: rows that came, that were changed or went; whether the table has the trigger."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname, n_tup_ins, n_tup_upd + n_tup_del,
                EXISTS (SELECT FROM pg_trigger WHERE tgrelid = relid AND tgname = %s AND tgenabled = 'R')
            FROM pg_stat_xact_user_tables
            """,
            [references.TRIGGER],
        )
        return {table: (came, changed, checked) for table, came, changed, checked in cursor.fetchall()}
