from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from crm import work
from crm.work.claims import claim, is_held_up, seconds_until_next
from crm.work.models import Item, Lane, State
from crm.work.queueing import PayloadTooLarge

pytestmark = pytest.mark.django_db


def put(correlation, lane="a", key="", kind="post", **options):
    return work.enqueue(kind=kind, lane=lane, key=key, correlation=correlation, **options)


def names(batch):
    return [item.correlation for item in batch.items]


def end(batch, state=State.SENT):
    finished = Now() if state == State.SENT else None
    Item.objects.filter(claim=batch.token).update(state=state, lease_until=None, finished_at=finished)


def test_rows_of_no_conversation_are_claimed_together_up_to_the_batch(register):
    register(batch=3)
    for number in range(5):
        put(str(number))

    batch = claim("now")

    assert names(batch) == ["0", "1", "2"]
    assert {item.state for item in batch.items} == {State.CLAIMED}
    assert all(item.claim == batch.token and item.lease_until and item.attempts == 1 for item in batch.items)
    assert names(claim("now")) == ["3", "4"]
    assert claim("now") is None


def test_one_row_of_a_conversation_at_a_time_in_their_order(provider):
    for number in range(3):
        put(f"x{number}", key="x")
    put("y0", key="y")

    first = claim("now")
    assert sorted(names(first)) == ["x0", "y0"]
    assert claim("now").items == []  # the lane has due rows, and gives none
    end(first)
    assert names(claim("now")) == ["x1"]


@pytest.mark.parametrize("state", [State.UNKNOWN, State.CLAIMED])
def test_none_goes_before_one_in_flight(provider, state):
    put("0", key="x")
    put("1", key="x")
    batch = claim("now")
    if state == State.UNKNOWN:
        end(batch, state)

    assert claim("now").items == []


def test_none_goes_before_one_that_will_be_tried_again(provider):
    put("0", key="x")
    put("1", key="x")
    Item.objects.filter(correlation="0").update(state=State.RETRY, due_at=Now() + timedelta(hours=1))

    assert claim("now").items == []


def test_what_failed_for_good_lets_the_next_one_go(provider):
    put("0", key="x")
    put("1", key="x")
    Item.objects.filter(correlation="0").update(state=State.FAILED, finished_at=Now())

    assert names(claim("now")) == ["1"]


def test_what_is_scheduled_for_later_does_not_hold_up_what_is_written_now(provider):
    put("tomorrow", key="x", delay=timedelta(days=1))
    put("now", key="x")

    first = claim("now")
    assert names(first) == ["now"]
    Item.objects.filter(correlation="tomorrow").update(due_at=Now())
    assert claim("now").items == []  # due at last, but not while another one is in flight
    end(first)
    assert names(claim("now")) == ["tomorrow"]


def test_a_due_row_and_a_later_one_to_be_tried_again_do_not_block_each_other(provider):
    put("0", key="x", delay=timedelta(days=1))
    put("1", key="x")
    Item.objects.filter(correlation="1").update(state=State.RETRY)
    Item.objects.filter(correlation="0").update(due_at=Now())

    assert names(claim("now")) == ["0"]


def test_conversations_of_two_lanes_have_nothing_to_do_with_each_other(provider):
    put("a", lane="a", key="x")
    put("b", lane="b", key="x")

    assert names(claim("now")) + names(claim("now")) == ["a", "b"]


def test_lanes_take_turns(register):
    register(batch=2)
    for number in range(6):
        put(f"a{number}", lane="a")
    put("b0", lane="b")

    assert names(claim("now")) == ["a0", "a1"]
    assert names(claim("now")) == ["b0"]
    assert names(claim("now")) == ["a2", "a3"]


def test_a_lane_that_gives_nothing_goes_to_the_end_and_can_be_passed_over(provider):
    put("a0", lane="a", key="x")
    put("a1", lane="a", key="x")
    put("b0", lane="b")
    claim("now")

    assert names(claim("now")) == ["b0"]
    barren = claim("now")
    assert barren.items == []
    assert claim("now", passing={barren.lane_id}) is None


def test_a_lane_has_at_most_so_many_in_flight(register):
    register(batch=5, parallel=7)
    for number in range(20):
        put(str(number))

    assert [len(claim("now").items), len(claim("now").items)] == [5, 2]
    assert claim("now") is None


def test_a_row_is_not_claimed_before_it_is_due(provider):
    put("later", delay=timedelta(seconds=3))
    assert claim("now") is None
    assert 2 < (seconds_until_next("now", within=5) or 0) <= 3
    assert seconds_until_next("now", within=1) is None


def test_queues_are_apart(register):
    register("post")
    register("heavy", queue="bulk")
    put("light")
    put("export", kind="heavy")

    assert names(claim("bulk")) == ["export"]
    assert claim("bulk") is None
    assert names(claim("now")) == ["light"]


def test_a_lane_whose_rate_is_used_up_waits(register):
    register(batch=10, rate=2, burst=3)
    for number in range(8):
        put(str(number))

    assert len(claim("now").items) == 3
    assert claim("now") is None
    assert 0 < (seconds_until_next("now", within=5) or 0) <= 0.5
    Lane.objects.update(tokens_at=Now() - timedelta(seconds=1))
    assert len(claim("now").items) == 2
    Lane.objects.update(tokens_at=Now() - timedelta(hours=1))
    assert len(claim("now").items) == 3  # no more than the burst


def test_paused_and_parked_lanes_are_left_alone(provider):
    lane = put("0").lane
    lane.pause()
    assert claim("now") is None
    lane.resume()
    lane.park(timedelta(seconds=3), "slow down")
    assert claim("now") is None
    assert 2 < (seconds_until_next("now", within=5) or 0) <= 3
    assert list(Lane.objects.held_up()) == [lane]
    lane.resume()
    assert names(claim("now")) == ["0"]


def test_a_row_of_a_kind_that_nobody_registers_any_more_waits(register, provider):
    put("0")
    from crm.work import kinds

    del kinds._KINDS["post"]
    assert claim("now") is None


def test_the_due_rows_are_found_through_the_index(provider):
    lane = put("0").lane
    Item.objects.bulk_create(
        Item(kind="post", lane=lane, correlation=f"old{n}", state=State.SENT, finished_at="2026-01-01T00:00Z")
        for n in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE work_item")
        cursor.execute(
            "EXPLAIN SELECT id FROM work_item WHERE lane_id = %s AND state IN ('queued', 'retry')"
            " AND due_at <= now() ORDER BY due_at, id LIMIT 5",
            [lane.pk],
        )
        assert "work_item_due" in "\n".join(row[0] for row in cursor.fetchall())


def test_many_rows_at_once_are_claimed_like_those_written_one_by_one(provider, django_assert_num_queries):
    put("first", lane="a", key="x")
    rows = [work.Row(lane=lane, key="x", payload={"n": n}, workspace=7) for n in range(3) for lane in "ab"]
    assert work.enqueue_many("post", rows) == 6
    found = Item.objects.filter(workspace_id=7).order_by("pk").values_list("lane__key", "payload__n")
    assert list(found) == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert names(claim("now")) == ["first"]
    assert [item.payload for item in claim("now").items] == [{"n": 0}]
    with django_assert_num_queries(2 + 2):  # the lanes and the rows, around them a savepoint
        work.enqueue_many("post", [work.Row(lane=lane, key="y") for lane in "ab" * 50])


def test_many_rows_or_none(provider, nudges):
    assert work.enqueue_many("post", []) == 0
    with pytest.raises(PayloadTooLarge):
        work.enqueue_many("post", [work.Row(lane="a", payload={"text": "x" * 5000})])
    assert not nudges
    assert not Item.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_was_turned_away_by_anothers_claim_knows_that_there_is_something(provider):
    put("late", lane="a", key="x")
    lane = Lane.objects.get(key="a")
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT FROM work_lane WHERE id = %s FOR NO KEY UPDATE", [lane.pk])
        assert claim("now") is None
        assert is_held_up("now")
        assert not is_held_up("now", passing=[lane.pk])
    finally:
        other.rollback()
        other.close()
    assert names(claim("now")) == ["late"]
    assert not is_held_up("now")
