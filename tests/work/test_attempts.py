import logging
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm import work
from crm.work import DeliveryError, Receipt, attempts, runs, sweeps
from crm.work.claims import claim
from crm.work.models import Item, Lane, State

pytestmark = pytest.mark.django_db


def put(correlation="1", **options):
    return work.enqueue(**{"kind": "post", "lane": "a", "correlation": correlation} | options)


def row(correlation="1"):
    return Item.objects.get(correlation=correlation)


def claimed():
    batch = claim("now")
    assert batch is not None
    return batch


def expire():
    Item.objects.filter(state=State.CLAIMED).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_delivered_row_is_sent_and_keeps_the_providers_reference(provider):
    put()
    runs.run("now")

    item = row()
    assert (item.state, item.reference, item.attempts) == (State.SENT, "receipt of 1", 1)
    assert item.finished_at
    assert item.lease_until is None
    assert provider.told == [("1", "sent")]


def test_no_transaction_is_open_and_the_scope_is_while_the_provider_is_spoken_to(register, workspace):
    from crm.tenancy import current_workspace

    seen = []

    def deliver(item):
        seen.append((current_workspace(), len(connection.savepoint_ids), row().state))
        return Receipt()

    register(deliver=deliver)
    depth = len(connection.savepoint_ids)
    put(workspace=workspace)
    runs.run("now")

    assert seen == [(workspace.pk, depth, State.CLAIMED)]


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 5), (2, 10), (3, 20), (10, 2560), (12, 3600), (200, 3600)]
)
def test_the_pause_doubles_up_to_its_cap_give_or_take_a_quarter(provider, attempt, seconds):
    from crm.work import kinds

    pauses = [attempts.pause(kinds.get("post"), attempt).total_seconds() for _ in range(50)]
    assert seconds * 0.75 <= min(pauses) < max(pauses) <= seconds * 1.25


def test_a_transient_failure_is_tried_again_later(provider):
    put()
    provider.fails(code="451")
    runs.run("now")

    item = row()
    assert (item.state, item.error, item.error_code) == (State.RETRY, "No.", "451")
    assert timedelta(seconds=3) < item.due_at - timezone.now() < timedelta(seconds=7)
    assert provider.told == []


def test_the_provider_may_ask_for_more_time_than_we_would_take(provider):
    put()
    provider.fails(retry_after=600)
    runs.run("now")
    assert row().due_at - timezone.now() > timedelta(seconds=590)


def test_a_permanent_failure_is_not_tried_again(provider):
    put()
    provider.fails(permanent=True)
    runs.run("now")

    assert row().state == State.FAILED
    assert provider.told == [("1", "failed")]


def test_after_so_many_attempts_a_row_has_failed(register):
    provider = register(max_attempts=3, backoff=timedelta(0))
    put()
    provider.fails()
    for _ in range(5):
        runs.run("now")

    assert (row().state, row().attempts, len(provider.attempts)) == (State.FAILED, 3, 3)


def test_an_unexpected_error_is_transient_and_its_message_is_kept_nowhere(provider, caplog):
    def answer(item):
        raise RuntimeError("token=hunter2")

    put()
    provider.answer = answer
    with caplog.at_level(logging.INFO):
        runs.run("now")

    item = row()
    assert item.state == State.RETRY
    assert item.error_code == "RuntimeError"
    assert "answer (test_attempts.py" in item.error
    assert "hunter2" not in item.error + caplog.text + repr([vars(record) for record in caplog.records])


def test_silence_is_unknown_and_is_not_tried_again_where_it_could_double(provider):
    put()
    provider.fails(unknown=True)
    runs.run("now")
    runs.run("now")

    assert (row().state, len(provider.attempts)) == (State.UNKNOWN, 1)
    assert provider.told == [("1", "unknown")]


def test_silence_is_tried_again_where_the_provider_takes_our_id(register):
    provider = register(idempotent=True)
    put()
    provider.fails(unknown=True)
    runs.run("now")
    assert row().state == State.RETRY


def test_an_expired_lease_is_unknown(provider):
    put()
    claim("now")
    assert sweeps.end_expired_leases() == 0
    expire()

    assert sweeps.end_expired_leases() == 1
    assert (row().state, row().error_code) == (State.UNKNOWN, "lease")
    assert provider.told == [("1", "unknown")]


def test_an_expired_lease_of_an_idempotent_kind_is_tried_again_and_at_last_failed(register):
    register(idempotent=True, max_attempts=2, backoff=timedelta(0))
    put()
    claim("now")
    expire()
    sweeps.end_expired_leases()
    assert row().state == State.RETRY
    claim("now")
    expire()
    sweeps.end_expired_leases()
    assert row().state == State.FAILED


def test_the_answer_to_an_attempt_that_was_given_up_still_counts(provider):
    put()
    batch = claimed()
    expire()
    sweeps.end_expired_leases()

    assert attempts.deliver(batch) == 1
    assert row().state == State.SENT


def test_the_answer_to_an_attempt_that_was_made_again_does_not_count(register):
    register(idempotent=True, backoff=timedelta(0))
    put()
    first = claimed()
    expire()
    sweeps.end_expired_leases()
    second = claimed()

    assert not attempts.finish(first.kind, first.items[0], DeliveryError("late", permanent=True))
    assert row().state == State.CLAIMED
    assert attempts.finish(second.kind, second.items[0], Receipt("2"))


def test_no_attempt_is_begun_that_could_outlive_its_lease(register, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(attempts.time, "monotonic", lambda: clock[0])

    def deliver(item):
        clock[0] += 40
        return Receipt()

    register(deliver=deliver, lease=timedelta(seconds=60))
    for number in range(3):
        put(str(number))

    assert attempts.deliver(claimed()) == 1
    assert list(Item.objects.order_by("pk").values_list("state", "attempts")) == [
        (State.SENT, 1),
        (State.RETRY, 0),
        (State.RETRY, 0),
    ]


def test_a_provider_that_refuses_the_lane_parks_it_and_costs_no_attempt(provider):
    for number in range(3):
        put(str(number))
    provider.fails(whole_lane=True, retry_after=30, code="429")
    runs.run("now")

    assert provider.attempts == ["0"]
    assert set(Item.objects.values_list("state", "attempts")) == {(State.RETRY, 0)}
    lane = Lane.objects.get()
    assert lane.parked_for == "No."
    assert lane.parked_until is not None
    assert timedelta(seconds=25) < lane.parked_until - timezone.now() <= timedelta(seconds=30)


def test_a_run_nudges_another_worker_before_it_delivers_and_comes_back_for_what_is_due_soon(provider, nudges):
    put(delay=timedelta(seconds=0.1))
    runs.run("now")
    assert [(name, queue) for name, queue, _ in nudges] == [("drain", "now")]
    assert nudges[0][2] <= 0.11

    nudges.clear()
    Item.objects.update(due_at=timezone.now())
    runs.run("now")
    assert nudges == [("drain", "now", None)]


def test_a_run_goes_through_a_conversation_in_order(provider):
    for number in range(12):
        put(str(number), key="x")
    runs.run("now")
    assert provider.taken == [str(number) for number in range(12)]


def test_a_database_that_is_away_for_a_moment_does_not_lose_the_outcome(provider, monkeypatch):
    from django.db import OperationalError

    failures = [OperationalError("gone"), OperationalError("gone")]
    finish = attempts.finish

    def flaky(*arguments):
        if failures:
            raise failures.pop()
        return finish(*arguments)

    monkeypatch.setattr(attempts, "finish", flaky)
    monkeypatch.setattr(attempts.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(attempts, "_reconnect", lambda: None)
    put()
    runs.run("now")
    assert row().state == State.SENT


def test_what_was_rolled_back_is_never_delivered(provider):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put()
        raise ZeroDivisionError
    runs.run("now")
    assert provider.attempts == []


def test_a_correlation_enqueued_twice_is_one_row(provider):
    first, second = put(payload={"n": 1}), put(payload={"n": 2})
    assert (first.pk, second.payload) == (second.pk, {"n": 1})


def test_a_payload_holds_ids_and_nothing_long(provider):
    from crm.work.queueing import PayloadTooLarge

    with pytest.raises(PayloadTooLarge):
        put(payload={"body": "x" * 5000})


def test_an_unregistered_kind_is_refused():
    with pytest.raises(work.UnknownKind):
        put(kind="nobody's")


def test_enqueueing_takes_one_query(provider, django_assert_num_queries):
    put("0")
    with django_assert_num_queries(3):  # two of them are the savepoint's
        put("1")


def test_a_transaction_nudges_once_however_much_it_enqueues(
    provider, nudges, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        for number in range(5):
            put(str(number))
        put("later", delay=timedelta(days=1))
    assert len(callbacks) == 1
    assert nudges == [("drain", "now", None)]
