import pytest
from django.utils import timezone

from crm import feed
from crm.feed import overview, reading
from crm.feed.models import ATTEMPTS, Cursor, ParkedRow
from crm.tenancy import scope
from tests.feed.models import Note
from tests.feed.settled import settle


def fall_due():
    ParkedRow.objects.filter(retry_at__isnull=False).update(retry_at=timezone.now())


def run(times=1):
    settle()
    for _ in range(times):
        fall_due()
        reading.run("reader")


def test_a_failure_is_rolled_back_and_holds_up_its_subject_only(reader, write):
    made = reader()
    made.bad = {"1"}
    write("1")
    write("2", subject="other")
    write("3")
    run()

    assert made.tried == ["1", "2"]
    assert made.handled == ["2"]
    failed, waiting = ParkedRow.objects.order_by("pk")
    assert (failed.attempts, waiting.attempts, waiting.retry_at) == (1, 0, None)
    assert (failed.retry_at or timezone.now()) > timezone.now()
    assert failed.error.startswith("RuntimeError in handle:")


def test_it_is_tried_again_and_the_subject_goes_on_in_order(reader, write):
    made = reader()
    made.bad = {"1"}
    write("1", "2")
    run(2)
    write("3")
    run()
    made.bad = set()
    run()

    assert made.handled == ["1", "2", "3"]
    assert not ParkedRow.objects.exists()


def test_it_is_not_tried_again_before_its_time(reader, write):
    made = reader()
    made.bad = {"1"}
    write("1")
    settle()
    reading.run("reader")
    reading.run("reader")
    assert made.tried == ["1"]


def test_after_five_failures_it_is_parked_until_somebody_replays_it(reader, write):
    made = reader()
    made.bad = {"1"}
    write("1", "2")
    run(10)
    [parked] = overview.parked()
    assert made.tried == ["1"] * ATTEMPTS
    assert (parked.attempts, parked.retry_at) == (ATTEMPTS, None)
    write("3")
    run()
    assert ParkedRow.objects.count() == 3

    made.bad = set()
    assert feed.replay(parked)
    run()
    assert made.handled == ["1", "2", "3"]
    assert not ParkedRow.objects.exists()


def test_a_replay_that_fails_again_is_parked_again(reader, write):
    made = reader()
    made.bad = {"1"}
    write("1")
    run(10)
    feed.replay(overview.parked().get())
    run(10)
    assert overview.parked().count() == 1
    assert len(made.tried) == ATTEMPTS + ATTEMPTS - 1


def test_discarding_lets_the_subject_go_on_without_it(reader, write):
    made = reader()
    made.bad = {"1"}
    write("1", "2")
    run(10)
    feed.discard(overview.parked().get())
    run()
    assert made.handled == ["2"]


def test_a_row_deleted_while_it_was_parked_is_passed(reader, write, workspace):
    made = reader()
    made.bad = {"1"}
    write("1", "2")
    run()
    with scope(workspace):
        Note.objects.get(text="1").delete()
    run()
    assert made.handled == ["2"]


def test_a_long_line_is_worked_off_in_batches(reader, write):
    made = reader(batch=3)
    made.bad = {"00"}
    write(*(f"{number:02}" for number in range(10)))
    run()
    made.bad = set()
    run(4)
    assert made.handled == [f"{number:02}" for number in range(10)]


def test_a_row_that_breaks_the_transaction_is_the_rows_fault(reader, write, workspace):
    from django.db import connection

    from crm.feed import Consumer, consumers

    def handle(note):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 50")
            cursor.execute("SELECT pg_sleep(5)")

    reader()
    consumers.register_consumer(Consumer("sleeper", "feed_tests.Note", handle, begin="beginning"))
    write("1")
    settle()
    assert reading.run("sleeper") == 1
    assert ParkedRow.objects.get().error.startswith("OperationalError")


def test_a_lost_connection_is_nobodys_fault(reader, write, elsewhere):
    from django.db import Error, connection

    from crm.feed import Consumer, consumers

    def handle(note):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            [pid] = cursor.fetchone()
            with elsewhere() as other:
                other.execute("SELECT pg_terminate_backend(%s)", [pid])
            cursor.execute("SELECT 1")

    reader()
    sleeper = consumers.register_consumer(Consumer("cut", "feed_tests.Note", handle, begin="beginning"))
    write("1")
    reading.begin(sleeper)
    settle()
    with pytest.raises(Error):
        reading.run("cut")
    connection.close()
    assert not ParkedRow.objects.exists()
    assert Cursor.objects.get(pk="cut").row_id == 0
