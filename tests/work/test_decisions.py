from datetime import timedelta

import pytest
from django.utils import timezone

from crm import work
from crm.work import overview, runs, sweeps, tasks
from crm.work.claims import claim
from crm.work.models import Counter, Item, State

pytestmark = pytest.mark.django_db


def put(correlation="1", **options):
    return work.enqueue(**{"kind": "post", "lane": "a", "correlation": correlation} | options)


def in_state(state, correlation="1"):
    item = put(correlation)
    finished = timezone.now() if state in (State.SENT, State.FAILED, State.DISCARDED) else None
    Item.objects.filter(pk=item.pk).update(state=state, finished_at=finished, attempts=3, error="No.")
    item.refresh_from_db()
    return item


def test_a_later_word_of_the_provider_turns_unknown_into_sent(provider):
    put("0", key="x")
    put("1", key="x")
    provider.fails(unknown=True)
    runs.run("now")

    assert work.settle(kind="post", correlation="0", reference="wamid.1")
    item = Item.objects.get(correlation="0")
    assert (item.state, item.reference, item.error) == (State.SENT, "wamid.1", "")
    assert provider.told == [("0", "unknown"), ("0", "sent")]
    provider.answer = None
    runs.run("now")
    assert provider.taken == ["1"]  # its conversation goes on


def test_a_later_word_may_also_be_a_refusal(provider):
    in_state(State.UNKNOWN)
    assert work.settle(kind="post", correlation="1", sent=False, error="Blocked.")
    item = Item.objects.get()
    assert (item.state, item.error) == (State.FAILED, "Blocked.")


def test_a_word_that_overtakes_our_own_bookkeeping_wins(provider):
    put()
    batch = claim("now")
    assert work.settle(kind="post", correlation="1", reference="echo")
    from crm.work import attempts

    assert not attempts.finish(batch.kind, batch.items[0], work.Receipt("ours"))
    assert Item.objects.get().reference == "echo"


@pytest.mark.parametrize("state", [State.QUEUED, State.SENT, State.DISCARDED])
def test_settling_changes_nothing_that_is_not_open(provider, state):
    in_state(state)
    assert not work.settle(kind="post", correlation="1")
    assert not work.settle(kind="post", correlation="nobody's")


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (State.FAILED, True),
        (State.UNKNOWN, True),
        (State.RETRY, True),
        (State.QUEUED, False),
        (State.SENT, False),
        (State.DISCARDED, False),
    ],
)
def test_an_operator_may_have_it_tried_again(provider, state, may):
    item = in_state(state)
    assert item.may_be_retried == may
    assert work.retry(item) == may
    if may:
        assert (item.state, item.attempts, item.error, item.finished_at) == (State.RETRY, 0, "", None)
        runs.run("now")
        assert provider.taken == ["1"]


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (State.FAILED, True),
        (State.UNKNOWN, True),
        (State.RETRY, True),
        (State.QUEUED, True),
        (State.SENT, False),
        (State.DISCARDED, False),
    ],
)
def test_an_operator_may_give_it_up(provider, state, may):
    item = in_state(state)
    assert item.may_be_discarded == may
    assert work.discard(item) == may
    runs.run("now")
    assert provider.taken == []


def test_many_are_given_up_at_once_but_for_what_is_under_way(provider):
    for number in range(3):
        put(str(number), key="x")
    [item] = claim("now").items  # of one line the first
    assert work.discard_all(Item.objects.filter(kind="post")) == 2
    assert Item.objects.get(pk=item.pk).state == State.CLAIMED
    runs.run("now")
    assert provider.taken == []
    assert work.discard_all(Item.objects.filter(kind="post")) == 0


def test_what_is_under_way_is_neither_retried_nor_discarded(provider):
    put()
    [item] = claim("now").items
    assert not work.retry(item)
    assert not work.discard(item)


def test_discarding_lets_the_conversation_go_on(provider):
    put("0", key="x")
    put("1", key="x")
    provider.fails(unknown=True)
    runs.run("now")
    provider.answer = None
    work.discard(Item.objects.get(correlation="0"))
    runs.run("now")
    assert provider.taken == ["1"]


def test_the_operator_sees_how_much_there_is_how_old_and_what_needs_them(register):
    register("post")
    register("heavy", queue="bulk")
    put("0", due_at=timezone.now() - timedelta(minutes=5))
    put("1", delay=timedelta(hours=1))
    failed, unknown = in_state(State.FAILED, "2"), in_state(State.UNKNOWN, "3")
    in_state(State.SENT, "4")
    put("5", lane="paused", due_at=timezone.now() - timedelta(hours=5)).lane.pause()

    counts = overview.counts()
    assert counts["post"] == {"queued": 3, "failed": 1, "unknown": 1}
    assert counts["heavy"] == {}
    ages = {age.queue: age.oldest for age in overview.queue_ages()}
    assert timedelta(minutes=5) <= (ages["now"] or timedelta(0)) < timedelta(minutes=6)
    assert ages["bulk"] is None
    assert list(overview.needing_a_person()) == [unknown, failed]
    assert [lane.key for lane in overview.held_up_lanes()] == ["paused"]


def test_the_sweep_ends_leases_and_nudges_queues_with_due_rows(register, nudges):
    register("post")
    register("heavy", queue="bulk")
    put()
    tasks.sweep()
    assert nudges == [("drain", "now", None)]
    claim("now")
    Item.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    nudges.clear()
    tasks.sweep()
    assert (Item.objects.get().state, nudges) == (State.UNKNOWN, [])


def test_what_is_done_is_deleted_after_a_time_and_what_is_open_never(provider, settings):
    settings.WORK_KEEP_DAYS = 30
    for number, (state, days) in enumerate(
        [(State.SENT, 31), (State.SENT, 29), (State.FAILED, 31), (State.FAILED, 181), (State.DISCARDED, 31)]
    ):
        item = in_state(state, str(number))
        Item.objects.filter(pk=item.pk).update(finished_at=timezone.now() - timedelta(days=days))
    Item.objects.filter(pk=put("old").pk).update(created_at=timezone.now() - timedelta(days=900))

    assert sweeps.purge() == 3
    assert set(Item.objects.values_list("correlation", flat=True)) == {"1", "2", "old"}


def test_the_rows_of_a_deleted_workspace_go_with_it(provider, workspace, other_workspace):
    put("ours", workspace=workspace)
    put("theirs", workspace=other_workspace)
    assert work.forget_workspace(workspace.pk) == 1
    assert list(Item.objects.values_list("correlation", flat=True)) == ["theirs"]


def test_counters_count(db):
    Counter.objects.add("nudges.lost", 2)
    Counter.objects.add("nudges.lost", 3)
    assert overview.lost_nudges() == 5
    assert Counter.objects.value("never") == 0
