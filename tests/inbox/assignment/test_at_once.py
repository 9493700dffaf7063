"""Eight that take in at once, people who come and go meanwhile, and a worker that dies in the middle."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from crm.tenancy import scope
from directory.models import Placement
from inbox import intake
from inbox.assignment import deciding, queue
from inbox.channels.inbound import InboundMessage, Kind
from inbox.models import AssignmentDecision, Message, WaitingLead
from tests.at_once import at_once
from tests.inbox import house as inbox
from tests.inbox.assignment import house
from workspaces.actions import memberships
from workspaces.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, EACH = 8, 40


def part(number: int) -> InboundMessage:
    who = f"wa:{number}"
    return InboundMessage(
        receiver="",
        sender=who,
        at=timezone.now(),
        external_id=f"m{number}",
        keys=(who,),
        kind=Kind.TEXT,
        text="Hola",
    )


def knows(channel: Any) -> None:
    """As every row of work reads it anew."""
    with scope(channel.workspace_id):
        channel.refresh_from_db()


def writer(channel: Any, first: int, count: int = EACH) -> Callable[[], None]:
    def write() -> None:
        with scope(channel.workspace_id):
            for number in range(first, first + count):
                intake.receive(channel, [part(number)], arrived_at=timezone.now())

    return write


def test_eight_at_once_stay_fair(workspace, owner, channel):
    people = house.sellers(workspace, owner, 7, channel)
    house.rule(owner)
    knows(channel)
    at_once(*(writer(channel, n * EACH) for n in range(WRITERS)))
    with scope(workspace):
        shares = Counter(Placement.objects.values_list("assignee_id", flat=True))
        assert shares.keys() == {person.pk for person in people}
        assert sum(shares.values()) == WRITERS * EACH == AssignmentDecision.objects.count()
        assert max(shares.values()) - min(shares.values()) <= 1
        given = Counter()
        for decision in AssignmentDecision.objects.order_by("id"):  # at every moment, not only in the end
            given[decision.chosen_id] += 1
            assert max(given.values()) - min(given[person.pk] for person in people) <= 1


def test_nobody_gets_too_many_and_nothing_is_lost_while_people_come_and_go(workspace, owner, channel):
    people = house.sellers(workspace, owner, 4, channel)
    house.rule(owner, capacity=30)
    knows(channel)

    def come_and_go(person: Membership) -> Callable[[], None]:
        def turn() -> None:
            for state in ("away", "active") * 12:
                memberships.set_availability(person, by=person, availability=state)
                with scope(workspace):
                    queue.hand_out(workspace.pk)

        return turn

    at_once(*(writer(channel, n * EACH, 20) for n in range(6)), *(come_and_go(one) for one in people[:2]))
    house.hand_out(workspace)
    with scope(workspace):
        assignees = list(Placement.objects.values_list("assignee_id", flat=True))
        shares = Counter(one for one in assignees if one is not None)
        waiting = assignees.count(None)
        assert (sum(shares.values()), waiting) == (120, 0) or max(shares.values()) <= 30
        assert waiting == WaitingLead.objects.count()
        assert sum(shares.values()) + waiting == 120
        # What is given is given once, and every lead has its reason.
        given = AssignmentDecision.objects.exclude(chosen=None)
        assert Counter(given.values_list("lead_id", flat=True)).most_common(1)[0][1] == 1


def test_a_worker_that_dies_before_its_commit_loses_neither_message_nor_turn(
    workspace, owner, channel, monkeypatch
):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    house.rule(owner)
    knows(channel)
    settle = deciding.settle

    def dies(*args: Any, **named: Any) -> bool:
        settle(*args, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(deciding, "settle", dies)
    with scope(workspace), pytest.raises(KeyboardInterrupt):
        intake.receive(channel, [part(1)], arrived_at=timezone.now())
    with scope(workspace):
        assert not Message.objects.exists()
        assert not AssignmentDecision.objects.exists()
    monkeypatch.setattr(deciding, "settle", settle)
    writer(channel, 1, 2)()  # the row of work is tried again
    with scope(workspace):
        found = Placement.objects.order_by("pk").values_list("assignee_id", flat=True)
        assert list(found) == [ana.pk, beto.pk]


def test_a_hand_out_that_dies_leaves_what_it_had_not_given_in_the_queue(
    workspace, owner, channel, monkeypatch
):
    [ana] = house.sellers(workspace, owner, 1, channel, availability="away")
    house.rule(owner)
    knows(channel)
    writer(channel, 1, 3)()
    Membership.objects.filter(pk=ana.pk).update(availability="active")
    settle, left = deciding.settle, [2]

    def dies(*args: Any, **named: Any) -> bool:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return settle(*args, **named)

    monkeypatch.setattr(deciding, "settle", dies)
    with pytest.raises(KeyboardInterrupt):
        house.hand_out(workspace)
    with scope(workspace):
        assert WaitingLead.objects.count() == 2
    monkeypatch.setattr(deciding, "settle", settle)
    assert queue.sweep() == 2


def test_who_is_leaving_gets_nothing_that_they_would_not_hand_over(workspace, owner, channel):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    house.rule(owner)
    knows(channel)
    with transaction.atomic():
        memberships.deactivate(ana, by=owner, successor=None)  # whose turn it is; not committed yet
        at_once(writer(channel, 1, 1))
    with scope(workspace):
        assert [*Placement.objects.values_list("assignee_id", flat=True)] == [beto.pk]


def test_a_lead_that_somebody_is_at_is_passed_over_and_not_waited_for(workspace, owner, channel):
    [ana] = house.sellers(workspace, owner, 1, channel, availability="away")
    house.rule(owner)
    knows(channel)
    writer(channel, 1, 2)()
    Membership.objects.filter(pk=ana.pk).update(availability="active")
    given: list[int] = []
    with scope(workspace), transaction.atomic():
        first = Placement.objects.select_for_update().order_by("pk").first()
        assert first is not None
        began = timezone.now()
        at_once(lambda: given.append(house.hand_out(workspace)))
        assert timezone.now() - began < timedelta(seconds=5)
    assert given == [1]
    assert house.hand_out(workspace) == 1


def test_two_channels_with_a_seller_in_common_stay_in_order_and_lose_nothing_while_that_one_comes_and_goes(
    workspace, owner, channel
):
    other = inbox.channel(workspace)
    [both] = house.sellers(workspace, owner, 1, channel, other)
    [here] = house.sellers(workspace, owner, 1, channel)
    house.sellers(workspace, owner, 1, other, availability="away")
    house.rule(owner)
    for one in (channel, other):
        knows(one)

    def come_and_go() -> None:
        for state in ("away", "active") * 8:
            memberships.set_availability(both, by=both, availability=state)
            with scope(workspace):
                queue.hand_out(workspace.pk)

    at_once(
        *(writer(one, n * EACH, 15) for n, one in enumerate((channel, other, channel, other))), come_and_go
    )
    house.hand_out(workspace)
    with scope(workspace):
        assert not WaitingLead.objects.exists()  # in the end somebody is there for both
        shares = Counter(Placement.objects.values_list("channel_id", "assignee_id"))
        assert sum(shares.values()) == 60
        assert shares.keys() <= {(channel.pk, both.pk), (channel.pk, here.pk), (other.pk, both.pk)}
        assert shares[other.pk, both.pk] == 30
        given = AssignmentDecision.objects.exclude(chosen=None)
        assert Counter(given.values_list("lead_id", flat=True)).most_common(1)[0][1] == 1
