"""A database restored into a new cluster, whose transaction ids begin again."""

import pytest
from django.core import checks
from django.db import connection

from crm.feed import reading, shifting
from crm.feed.models import Cursor, Shift
from tests.feed.models import Note
from tests.feed.settled import run, settle

FAR = 10**15


@pytest.fixture
def restored(reader, write):
    """Rows and a cursor from a cluster that was far ahead of this one."""
    made = reader()
    write("read", "unread")
    settle()
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE feed_tests_note SET xid = ({FAR} + CASE text WHEN 'read' THEN 0 ELSE 5 END)::text::xid8"
            " RETURNING id"
        )
        first = min(row[0] for row in cursor.fetchall())
    Cursor.objects.update_or_create(pk="reader", defaults={"xid": FAR, "row_id": first})
    yield made
    with connection.cursor() as cursor:
        for feed in shifting.feeds():
            cursor.execute(
                f"ALTER TABLE {feed._meta.db_table} ALTER COLUMN xid SET DEFAULT pg_current_xact_id()"
            )


def test_without_a_shift_nothing_would_be_read_any_more(restored, write):
    write("new")
    assert reading.run("reader") == 0


def test_realigned_what_was_unread_is_read_and_then_what_is_new(restored, write):
    shift = shifting.realign()
    assert shift > FAR - 10**9
    write("new")
    run()
    assert restored.handled == ["unread", "new"]
    assert shifting.realign() == shift


def test_restored_again_the_shift_grows(restored, write):
    first = shifting.realign()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE feed_tests_note SET xid = ({FAR * 2})::text::xid8 WHERE text = 'unread'")
    second = shifting.realign()
    assert second > first
    write("new")
    run()
    assert restored.handled == ["unread", "new"]


def test_where_nothing_was_restored_nothing_is_shifted(reader, write):
    reader()
    write("1")
    assert shifting.realign() == 0
    assert not Shift.objects.exists()


def test_every_feed_has_its_index(monkeypatch):
    from crm.feed.checks import check_index

    assert check_index(None) == []
    monkeypatch.setattr(Note._meta, "indexes", [])
    [error] = check_index(None)
    assert (error.id, error.level) == ("feed.E001", checks.ERROR)
