import threading

import pytest
from django.db import connection, transaction

from crm import feed
from crm.feed import overview, reading, tasks
from crm.tenancy import Unscoped, current_workspace, scope
from tests.feed.models import Note
from tests.feed.settled import run, settle

INSERT = "INSERT INTO feed_tests_note (workspace_id, subject, text) VALUES (%s, 's', %s) RETURNING id"


def test_every_row_is_handled_once_in_order(reader, write):
    made = reader(batch=2)
    write("1", "2", "3")
    assert run("reader") == 3
    assert run("reader") == 0
    write("4")
    run("reader")
    assert made.handled == made.tried == ["1", "2", "3", "4"]


def test_what_a_consumer_does_not_want_is_passed_and_the_rest_is_read_in_order(reader, write, monkeypatch):
    monkeypatch.setattr(reading, "LOOK_AHEAD", 4)
    made = reader(batch=2, wants="text LIKE 'a_'")
    write("a1", "b1", "a2", "a3", "b2", "b3", "b4", "b5", "b6", "a4", "b7")
    assert run("reader") == 11
    assert made.handled == made.tried == ["a1", "a2", "a3", "a4"]
    assert run("reader") == 0


def test_a_row_is_handled_in_the_scope_of_its_workspace(reader, write, workspace, other_workspace):
    seen = []
    from crm.feed import Consumer, consumers

    reader()  # so that the registry is put back
    consumers.register_consumer(
        Consumer(
            "scopes", "feed_tests.Note", lambda note: seen.append(current_workspace()), begin="beginning"
        )
    )
    write("1")
    write("2", into=other_workspace)
    write("3")
    run("scopes")
    assert seen == [workspace.pk, other_workspace.pk, workspace.pk]
    with pytest.raises(Unscoped):
        current_workspace()


def test_a_lower_id_that_commits_late_is_not_lost(reader, write, workspace, elsewhere):
    """Two real connections: the first takes its id, the second commits before it."""
    made = reader()
    with elsewhere() as slow:
        [slow_id] = slow.execute(INSERT, [workspace.pk, "slow"]).fetchone()
        write("quick")
        with scope(workspace):
            assert Note.objects.get(text="quick").pk > slow_id
        reading.run("reader")
        assert (
            made.handled == []
        )  # committed, and held back: the older transaction could still write below it
    run("reader")
    assert made.handled == ["slow", "quick"]


def test_a_transaction_that_began_earlier_and_wrote_later_is_not_lost(reader, write, workspace, elsewhere):
    made = reader()
    with elsewhere() as slow:
        slow.execute("SELECT pg_current_xact_id()")  # its id is older than that of what follows
        write("quick")
        reading.run("reader")
        slow.execute(INSERT, [workspace.pk, "slow"])  # and its row's id is higher
    run("reader")
    assert made.handled == ["slow", "quick"]


def test_what_is_held_back_is_looked_for_again_soon(reader, write, workspace, elsewhere, nudges):
    reader()
    with elsewhere() as slow:
        slow.execute("SELECT pg_current_xact_id()")
        write("quick")
        nudges.clear()
        reading.run("reader")
        assert nudges == [("consume", "reader", reading.SOON)]
    nudges.clear()
    run("reader")
    assert nudges == []


def test_a_reader_that_only_reads_holds_nobody_up(reader, write, elsewhere):
    made = reader()
    with elsewhere() as idle:
        idle.execute("SELECT 1")
        write("1")
        run("reader")
    assert made.handled == ["1"]


def test_two_workers_at_once_do_not_double(reader, write):
    made = reader(batch=7)
    write(*(f"{number:03}" for number in range(120)))
    settle()
    problems = []

    def work():
        try:
            for _ in range(6):
                run("reader")
        except Exception as error:  # noqa: BLE001 - a thread's
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run("reader")

    assert problems == []
    assert made.handled == [f"{number:03}" for number in range(120)]
    assert len(made.tried) == 120


def test_a_second_worker_goes_home_instead_of_waiting(reader, write, elsewhere):
    made = reader()
    write("1")
    reading.begin(made.consumer)
    settle()
    with elsewhere() as other:
        other.execute("SELECT FROM feed_cursor WHERE consumer = 'reader' FOR UPDATE")
        assert reading.read_batch(made.consumer) == 0
    assert reading.read_batch(made.consumer) == 1


def test_a_crash_before_the_commit_leaves_cursor_and_effects_as_they_were(reader, write):
    made = reader()
    write("1", "2")
    settle()
    made.dies_at = {"2"}
    with pytest.raises(SystemExit):
        reading.run("reader")
    assert made.tried == ["1", "2"]
    assert made.handled == []
    made.dies_at = set()
    run()
    assert made.handled == ["1", "2"]


def test_a_new_consumer_begins_now_or_at_the_beginning(reader, write):
    write("old")
    settle()  # what is older than a transaction still open would be read, too: see the next test
    late, early = reader("late", begin="now"), reader("early", begin="beginning")
    reading.begin(late.consumer)
    write("new")
    run("late")
    run("early")
    assert late.tried == ["new"]
    assert early.tried == ["old", "new"]


def test_a_consumer_that_begins_now_misses_nothing_that_is_being_written(reader, write, workspace, elsewhere):
    late = reader("late", begin="now")
    with elsewhere() as slow:
        slow.execute(INSERT, [workspace.pk, "under way"])
        reading.begin(late.consumer)
    run("late")
    assert late.tried == ["under way"]


def test_a_deleted_row_is_passed(reader, write, workspace):
    made = reader()
    write("1", "2")
    with scope(workspace):
        Note.objects.get(text="1").delete()
    run("reader")
    assert made.handled == ["2"]


def test_writing_nudges_each_consumer_once_a_transaction(reader, write, workspace, nudges):
    reader("a")
    reader("b")
    nudges.clear()
    with transaction.atomic():
        write("1", "2", "3")
        assert nudges == []
    assert nudges == [("consume", "a", None), ("consume", "b", None)]
    nudges.clear()
    with scope(workspace), transaction.atomic():
        Note.objects.bulk_create([Note(subject="s", text="4")])
        feed.announce(Note)
    assert len(nudges) == 2
    nudges.clear()
    tasks.sweep()
    assert [name for _, name, _ in nudges if name in "ab"] == ["a", "b"]


def test_the_operator_sees_how_far_a_consumer_is(reader, write):
    reader()
    write("1", "2")
    settle()
    tasks.consume("reader")
    write("3")
    [row] = [row for row in overview.readings() if row.consumer == "reader"]
    assert (row.feed, row.unread, row.failing, row.parked, row.waiting) == ("feed_tests.Note", 1, 0, 0, 0)
    assert row.behind is not None


def test_the_next_rows_are_found_through_the_index(reader, write, workspace):
    with scope(workspace):
        Note.objects.bulk_create(Note(subject="s", text=str(number)) for number in range(2000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE feed_tests_note")
        cursor.execute(
            "EXPLAIN SELECT id FROM feed_tests_note WHERE (xid, id) > ('5'::xid8, 7)"
            f" AND xid < {reading.shifting.WATERMARK} ORDER BY xid, id LIMIT 100"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "feed_tests_note_due" in plan
    assert "Sort" not in plan
