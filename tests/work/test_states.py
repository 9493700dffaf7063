"""Any sequence of events: what must hold about conversations and attempts, holds after each."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crm import work
from crm.work import DeliveryError, Receipt, attempts, sweeps
from crm.work.claims import claim
from crm.work.models import Item, Lane, State
from crm.work.models.item import IN_FLIGHT

OUTCOMES = {
    "taken": Receipt("ok"),
    "transient": DeliveryError("No."),
    "permanent": DeliveryError("No.", permanent=True),
    "silence": DeliveryError("No.", unknown=True),
    "whole lane": DeliveryError("No.", whole_lane=True, retry_after=0.001),
}


class Events(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.batches: list = []
        self.taken: Counter[str] = Counter()
        self.decided: set[str] = set()
        self.order: dict[str, list[int]] = defaultdict(list)

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    @rule(lane=st.sampled_from("ab"), key=st.sampled_from(["", "x", "y"]))
    def enqueue(self, lane, key):
        work.enqueue(kind="post", lane=lane, key=key)

    @rule()
    def claim(self):
        batch = claim("now")
        if batch and batch.items:
            self.batches.append(batch)

    @precondition(lambda self: self.batches)
    @rule(outcome=st.sampled_from(sorted(OUTCOMES)))
    def answer(self, outcome):
        batch = self.batches[0]
        item = batch.items.pop(0)
        if not batch.items:
            self.batches.pop(0)
        if outcome == "taken":
            self.taken[item.correlation] += 1
            if item.key and item.correlation not in self.decided:
                self.order[f"{item.lane_id} {item.key}"].append(item.pk)
        attempts.finish(batch.kind, item, OUTCOMES[outcome])

    @precondition(lambda self: self.batches)
    @rule()
    def put_back(self):
        batch = self.batches.pop(0)
        attempts.release(batch, batch.items)

    @rule()
    def die(self):
        """Every worker is killed, and the leases end."""
        self.batches.clear()
        Item.objects.filter(state=State.CLAIMED).update(lease_until=Now() - timedelta(seconds=1))
        sweeps.end_expired_leases()

    @rule()
    def time_passes(self):
        Item.objects.filter(state=State.RETRY).update(due_at=Now())
        Lane.objects.update(parked_until=None)

    @rule(sent=st.booleans())
    def settle(self, sent):
        item = Item.objects.filter(state=State.UNKNOWN).first()
        if item:
            self.decided.add(item.correlation)
            assert work.settle(kind=item.kind, correlation=item.correlation, sent=sent)

    @rule(again=st.booleans())
    def decide(self, again):
        item = Item.objects.needs_a_person().first()
        if item:
            self.decided.add(item.correlation)
            assert work.retry(item) if again else work.discard(item)

    @invariant()
    def one_of_a_conversation_is_in_flight(self):
        flying = Counter(Item.objects.filter(state__in=IN_FLIGHT).exclude(key="").values_list("lane", "key"))
        assert all(number == 1 for number in flying.values()), flying

    @invariant()
    def nothing_is_taken_twice_unless_a_person_wanted_it(self):
        assert all(number == 1 for name, number in self.taken.items() if name not in self.decided)

    @invariant()
    def conversations_are_in_order(self):
        assert all(order == sorted(order) for order in self.order.values())

    @invariant()
    def what_was_taken_is_sent_or_known_to_be_unknown(self):
        states = dict(Item.objects.filter(correlation__in=self.taken).values_list("correlation", "state"))
        kept = {state for name, state in states.items() if name not in self.decided}
        assert kept <= {State.SENT}

    @invariant()
    def attempts_never_go_below_nothing(self):
        assert not Item.objects.filter(attempts__lt=0).exists()


@pytest.mark.django_db
def test_any_sequence_of_events(provider):
    run_state_machine_as_test(
        Events,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
