"""Who gets what comes in, and what the ledger says of it."""

import random
from collections import Counter

import pytest
from django.utils import timezone

from crm.tenancy import scope
from directory.actions import placements
from directory.models import Event, Placement
from funnels.actions import moves
from inbox.assignment import following, giving_on, keeping, turns
from inbox.models import AssignmentDecision, WaitingLead
from tests.directory import house as leads
from tests.feed.following import follow
from tests.inbox import house as inbox
from tests.inbox.assignment import house
from workspaces.actions import memberships
from workspaces.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("seed", range(8))
def test_nobody_is_ever_off_their_share_by_a_turn_whatever_the_weights(seed):
    chance = random.Random(seed)
    weights = {person: chance.randint(1, 10) for person in range(chance.randint(2, 25))}
    places: turns.Places = {}
    given: Counter[int] = Counter()
    for turn in range(1, 600):
        chosen = turns.order(places, weights)[0]
        places = turns.after(places, weights, chosen)
        given[chosen] += 1
        fair = {person: turn * weight / sum(weights.values()) for person, weight in weights.items()}
        assert all(abs(given[person] - fair[person]) < 1 for person in weights)


def test_who_comes_back_gets_no_turns_for_the_time_they_missed():
    everyone, without = dict.fromkeys((1, 2, 3), 1), dict.fromkeys((1, 2), 1)
    places: turns.Places = {}
    for who in [everyone] * 3 + [without] * 40:
        places = turns.after(places, who, turns.order(places, who)[0])
    given = []
    for _ in range(9):
        given.append(turns.order(places, everyone)[0])
        places = turns.after(places, everyone, given[-1])
    assert Counter(given) == {1: 3, 2: 3, 3: 3}
    # Nor does going away and coming back give them the next turn at once.
    places = turns.after(places, everyone, 3)
    places = turns.after(places, without, turns.order(places, without)[0])
    assert turns.order(places, everyone)[0] != 3


def test_new_conversations_go_by_turns_and_the_ledger_says_why(workspace, owner, channel):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    [carla] = house.sellers(workspace, owner, 1, channel)
    Membership.objects.filter(pk=carla.pk).update(availability="away")
    [dario] = house.sellers(workspace, owner, 1)
    house.rule(owner)
    found = [house.write(channel) for _ in range(4)]
    assert house.whose(*found) == [ana.pk, beto.pk, ana.pk, beto.pk]
    last = house.decision(found[3])
    assert (last.trigger, last.reason, last.chosen_id, last.policy) == ("message", "turn", beto.pk, "turns")
    assert [row[0] for row in last.eligible] == [beto.pk, ana.pk]
    assert [row[1] for row in last.eligible] == [1, 2]  # what each had open
    assert {row[0]: row[1] for row in last.skipped} == {carla.pk: "a", dario.pk: "g"}
    with scope(workspace):
        told = Event.objects.get(lead=found[3], verb="lead.assigned")
    assert (told.origin, told.facts["decision"], told.changes) == (
        "system",
        last.pk,
        {"assignee_id": [None, beto.pk]},
    )


def test_a_weight_of_two_gets_two_turns_and_admins_take_part_when_asked_in(workspace, owner, admin, channel):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    house.rule(
        owner,
        seats=[
            house.seat(ana, weight=2),
            house.seat(admin, takes_part=True),
            house.seat(beto, takes_part=False),
        ],
    )
    found = [house.write(channel) for _ in range(6)]
    assert Counter(house.whose(*found)) == {ana.pk: 4, admin.pk: 2}
    assert house.decision(found[0]).skipped == [[beto.pk, "o", 0]]


def test_the_least_loaded_gets_it_by_what_they_can_carry(workspace, owner, channel):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    with scope(workspace):
        for _ in range(3):
            leads.lead(workspace, assignee=ana)
        leads.lead(workspace, assignee=beto, status="done")  # finished: not open
    house.rule(owner, policy="least", seats=[house.seat(ana, weight=2)])
    # 3 of 2 against 0 of 1, then against 1, then 2: a half each time.
    found = [house.write(channel) for _ in range(3)]
    assert house.whose(*found) == [beto.pk, beto.pk, ana.pk]


def test_nobody_gets_more_than_they_may_hold_and_the_queue_is_drained_oldest_first(workspace, owner, channel):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    Membership.objects.filter(pk=beto.pk).update(availability="away")
    house.rule(owner, capacity=2)
    found = [house.write(channel) for _ in range(6)]
    assert house.whose(*found) == [ana.pk, ana.pk, None, None, None, None]
    nobody = house.decision(found[2])
    assert (nobody.reason, nobody.skipped) == ("nobody", [[ana.pk, "f", 2], [beto.pk, "a", 0]])
    with scope(workspace):
        assert leads.verbs_of(found[2])[-1] == "assignment.nobody_free"
        assert WaitingLead.objects.count() == 4
        placements.archive(found[0].pk, by=owner)
    assert house.hand_out(workspace) == 1
    memberships.set_availability(beto, by=beto, availability="active")
    assert house.hand_out(workspace) == 2
    assert house.hand_out(workspace) == 0  # and says so once
    assert house.whose(*found) == [ana.pk, ana.pk, ana.pk, beto.pk, beto.pk, None]
    with scope(workspace):
        assert house.decision(found[3]).trigger == "queue"
        assert [one.reason for one in AssignmentDecision.objects.filter(lead=found[5])] == ["nobody"]
        leads.place(found[5], assignee=owner)
    assert house.hand_out(workspace) == 0
    with scope(workspace):
        assert not WaitingLead.objects.exists()  # somebody took it by hand


def test_who_becomes_active_is_given_what_waits(workspace, owner, channel, nudges):
    [ana] = house.sellers(workspace, owner, 1, channel)
    memberships.set_availability(ana, by=ana, availability="away")
    house.rule(owner)
    found = [house.write(channel), house.write(channel)]
    nudges.clear()
    memberships.set_availability(ana, by=owner, availability="active")
    assert "inbox.tasks.hand_out" in nudges
    # Whoever writes before it is handed out stands behind those who wait.
    found.append(house.write(channel))
    assert house.whose(*found) == [None, None, None]
    assert house.hand_out(workspace) == 3
    with scope(workspace):
        given = Event.objects.filter(verb="lead.assigned").order_by("id")
        assert [event.lead_id for event in given] == [lead.pk for lead in found]


def test_who_comes_back_goes_to_whom_they_had(workspace, owner, channel):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    house.rule(owner, sticky_days=7)
    first = house.write(channel, phone="5215500000001")
    house.write(channel)
    assert house.whose(first) == [ana.pk]
    with scope(workspace):
        placements.assign(first.pk, by=owner, to=None)
    house.write(channel, phone="5215500000001", text="otra vez")
    assert house.whose(first) == [ana.pk]
    assert house.decision(first).reason == "sticky"
    # It was no turn: the next one is Ana's, as it was.
    assert house.whose(house.write(channel)) == [ana.pk]
    with scope(workspace):
        placements.assign(first.pk, by=owner, to=None)
        Event.objects.filter(lead=first).update(created_at=timezone.now() - timezone.timedelta(days=8))
    house.write(channel, phone="5215500000001", text="mucho después")
    assert house.whose(first) == [beto.pk]


def test_a_channel_may_have_a_rule_of_its_own_and_a_funnel_has_one(workspace, owner, channel):
    other = inbox.channel(workspace)
    ana, beto = house.sellers(workspace, owner, 2, channel, other)
    house.rule(owner, seats=[house.seat(beto, takes_part=False)])
    with scope(workspace):
        house.rule(owner, channel=other, policy="off")
        funnel = leads.funnel(workspace)
        leads.grant(beto, by=owner, work_funnel=[funnel], write_channel=[channel, other])
    assert house.whose(house.write(channel)) == [ana.pk]
    third = inbox.channel(workspace)  # connected later
    with scope(workspace):
        leads.grant(ana, by=owner, write_channel=[channel, other, third])
    assert house.whose(house.write(third)) == [ana.pk]
    quiet = house.write(other)
    assert house.whose(quiet) == [None]
    house.rule(owner, funnel=funnel)
    with scope(workspace):
        stage = funnel.stages.select_related("funnel").first()
        moves.move(quiet.pk, by=owner, stage=stage)
    follow(following.CONSUMER)
    assert house.hand_out(workspace) == 1
    assert house.whose(quiet) == [beto.pk]
    assert house.decision(quiet).trigger == "placed"


def test_what_somebody_gives_back_goes_to_another(workspace, owner, channel):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    Membership.objects.filter(pk=beto.pk).update(availability="away")
    house.rule(owner)
    lead = house.write(channel)
    follow(following.CONSUMER)
    with scope(workspace):
        placements.assign(lead.pk, by=ana, to=None)
    follow(following.CONSUMER)
    assert house.hand_out(workspace) == 0
    assert house.decision(lead).skipped == [[ana.pk, "b", 0], [beto.pk, "a", 0]]
    Membership.objects.filter(pk=beto.pk).update(availability="active")
    assert house.hand_out(workspace) == 1
    assert house.whose(lead) == [beto.pk]


def test_who_is_away_for_too_long_loses_what_waits_only_where_the_rule_says_so(workspace, owner, channel):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    house.rule(owner)
    lead = house.write(channel)
    long_ago = timezone.now() - timezone.timedelta(minutes=31)
    Membership.objects.filter(pk=ana.pk).update(availability="away", availability_since=long_ago)
    assert giving_on.sweep() == 0
    house.rule(owner, away_minutes=40)
    assert giving_on.sweep() == 0
    house.rule(owner, away_minutes=30)
    assert giving_on.sweep() == 1
    assert house.whose(lead) == [beto.pk]
    assert house.decision(lead).trigger == "away"
    assert giving_on.sweep() == 0


def test_who_waits_for_one_channel_does_not_hold_up_another_with_other_people(workspace, owner, channel):
    """In all three places: what arrives, the queue, and what goes on from who is away."""
    other = inbox.channel(workspace)
    [ana] = house.sellers(workspace, owner, 1, channel, availability="away")
    beto, carla = house.sellers(workspace, owner, 2, other)
    house.rule(owner, away_minutes=30, sticky_days=0)
    waits = house.write(channel)
    found = [house.write(other) for _ in range(3)]
    assert house.whose(waits, *found) == [None, beto.pk, carla.pk, beto.pk]
    nobody, turn = house.decision(waits), house.decision(found[0])
    assert (nobody.reason, nobody.skipped) == (
        "nobody",
        [[ana.pk, "a", 0], [beto.pk, "g", 0], [carla.pk, "g", 0]],
    )
    assert (turn.reason, turn.trigger, turn.skipped) == ("turn", "message", [[ana.pk, "g", 0]])

    Membership.objects.filter(pk__in=[beto.pk, carla.pk]).update(availability="away")
    found.append(house.write(other))
    Membership.objects.filter(pk=carla.pk).update(availability="active")
    assert house.hand_out(workspace) == 1
    assert house.whose(waits, found[3]) == [None, carla.pk]
    assert house.decision(found[3]).trigger == "queue"

    with scope(workspace):
        placements.assign(waits.pk, by=owner, to=ana)  # who waits longest, and whom nobody else may have
    long_ago = timezone.now() - timezone.timedelta(minutes=31)
    Membership.objects.filter(pk__in=[ana.pk, beto.pk]).update(
        availability="away", availability_since=long_ago
    )
    assert giving_on.sweep() == 2
    assert house.whose(waits, *found) == [ana.pk, *[carla.pk] * 4]
    assert house.decision(found[0]).trigger == "away"


def test_who_may_have_leads_of_two_channels_gets_them_in_the_order_in_which_they_wait(
    workspace, owner, channel
):
    other = inbox.channel(workspace)
    [ana] = house.sellers(workspace, owner, 1, channel, other, availability="away")
    [beto] = house.sellers(workspace, owner, 1, other, availability="away")
    house.rule(owner, capacity=1)
    first = house.write(channel)
    Membership.objects.filter(pk=ana.pk).update(availability="active")
    second = house.write(other)  # would be Ana's, for whom somebody waits already
    assert house.whose(first, second) == [None, None]
    assert house.hand_out(workspace) == 1
    assert house.whose(first, second) == [ana.pk, None]
    assert house.decision(second).skipped == [[ana.pk, "f", 1], [beto.pk, "a", 0]]
    Membership.objects.filter(pk=beto.pk).update(availability="active")
    assert house.hand_out(workspace) == 1
    assert house.whose(second) == [beto.pk]


def test_who_waits_stands_in_the_line_of_the_channel_by_which_they_wrote_last(workspace, owner, channel):
    other = inbox.channel(workspace)
    house.sellers(workspace, owner, 1, channel, availability="away")
    [beto] = house.sellers(workspace, owner, 1, other)
    house.rule(owner)
    before, lead = house.write(channel), house.write(channel)
    with scope(workspace):
        Placement.objects.filter(pk=lead.pk).update(channel_id=other.pk)  # as a message of ours does
    assert house.hand_out(workspace) == 1
    assert house.whose(before, lead) == [None, beto.pk]


def test_a_rule_that_is_off_costs_intake_no_query(workspace, owner, channel, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            house.write(channel)
        return len(queries)

    house.write(channel)
    without = asked()
    house.rule(owner)
    on = asked()
    house.rule(owner, policy="off")
    assert asked() == without
    assert on - without <= 8


def test_the_ledger_is_kept_for_ninety_days(workspace, owner, channel):
    house.sellers(workspace, owner, 1, channel)
    house.rule(owner)
    house.write(channel)
    with scope(workspace):
        old = timezone.now() - timezone.timedelta(days=91)
        AssignmentDecision.objects.update(created_at=old)
    house.write(channel)
    assert keeping.purge() == 1
    with scope(workspace):
        assert AssignmentDecision.objects.count() == 1
