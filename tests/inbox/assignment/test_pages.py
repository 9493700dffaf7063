"""The settings, the decisions, and what a lead's history says."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from crm.tenancy import scope
from directory.models import Placement
from inbox.models import AssignmentDecision, AssignmentRule, Channel, WaitingLead
from tests import cast
from tests.directory import house as leads
from tests.inbox import house as inbox
from tests.inbox.assignment import house
from workspaces.models import AuditEntry, Membership

pytestmark = pytest.mark.django_db(transaction=True)


def at(membership: Membership, name: str, **named: object) -> str:
    return reverse(f"inbox:{name}", kwargs={"workspace_id": membership.workspace.public_id, **named})


def form(*people: Membership, **values: object) -> dict[str, object]:
    """What the page posts: everyone's seat as it is, and the rule."""
    seats: dict[str, object] = {}
    for one in people:
        seats |= {f"p{one.pk}-weight": 1, f"p{one.pk}-capacity": "", f"p{one.pk}-takes_part": "on"}
    rule = {"policy": "turns", "capacity": "", "team": "", "sticky_days": 30, "away_minutes": ""}
    return {**rule, **seats, **values}


def words(response) -> str:
    return BeautifulSoup(response.content.decode(), "html.parser").get_text(" ", strip=True)


def test_an_admin_sets_the_rule_of_the_inbox_and_people_s_turns(workspace, owner, admin, channel):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    client = cast.signed_in(admin)
    page = client.get(at(admin, "assignment_inbox"))
    assert "Not granted" not in words(page)
    posted = form(ana, beto, capacity=20, **{f"p{beto.pk}-weight": 3, f"p{beto.pk}-capacity": 5})
    assert client.post(at(admin, "assignment_inbox"), posted).status_code == 302
    with scope(workspace):
        rule = AssignmentRule.objects.get()
        assert (rule.policy, rule.capacity, rule.away_minutes, rule.channel_id) == ("turns", 20, None, None)
        seats = rule.seats.values_list("membership_id", "takes_part", "weight", "capacity")
        assert list(seats) == [(beto.pk, True, 3, 5)]  # what is ordinary has no row
        assert Channel.objects.get().assigns == {"inbox": True, "funnels": False}
        entry = AuditEntry.objects.filter(verb="settings_changed").latest("id")
        assert (entry.target, entry.changes["capacity"]) == ("Assignment: Inbox", [None, 20])
    shown = words(client.get(at(admin, "assignment")))
    assert "By turns" in shown
    assert "at most 20 open" in shown


def test_a_channel_leaves_the_inbox_s_rule_and_comes_back(workspace, owner, channel):
    [ana] = house.sellers(workspace, owner, 1, channel)
    house.rule(owner)
    client = cast.signed_in(owner)
    address = at(owner, "assignment_channel", pk=channel.pk)
    assert client.post(address, form(ana, policy="off")).status_code == 302
    with scope(workspace):
        assert Channel.objects.get().assigns["inbox"] is False
    assert client.post(address, form(ana, policy="inbox")).status_code == 302
    with scope(workspace):
        assert AssignmentRule.objects.count() == 1
        assert Channel.objects.get().assigns["inbox"] is True


@pytest.mark.parametrize(
    "wrong",
    [
        {"policy": "whatever"},
        {"capacity": "0"},
        {"capacity": "9" * 400},
        {"sticky_days": ""},
        {"sticky_days": "-1"},
        {"away_minutes": "\0"},
        {"team": "999999999999999999999999"},
        {"weight": "11"},
        {"weight": "1.5"},
    ],
)
def test_what_is_no_rule_is_refused_and_changes_nothing(workspace, owner, channel, wrong):
    [ana] = house.sellers(workspace, owner, 1, channel)
    named = {f"p{ana.pk}-{name}" if name == "weight" else name: value for name, value in wrong.items()}
    answer = cast.signed_in(owner).post(at(owner, "assignment_inbox"), form(ana, **named))
    assert answer.status_code in (400, 422)
    with scope(workspace):
        assert not AssignmentRule.objects.exists()


def test_a_person_of_another_workspace_gets_no_seat(workspace, owner, outsider, channel):
    [ana] = house.sellers(workspace, owner, 1, channel)
    posted = form(ana, outsider, **{f"p{outsider.pk}-weight": 5})
    assert cast.signed_in(owner).post(at(owner, "assignment_inbox"), posted).status_code == 302
    with scope(workspace):
        assert not AssignmentRule.objects.get().seats.exists()


def test_what_waits_unassigned_is_handed_out_when_one_asks_for_it(workspace, owner, channel):
    [ana] = house.sellers(workspace, owner, 1, channel)
    first, second = house.write(channel), house.write(channel)
    with scope(workspace):
        leads.lead(workspace)  # never wrote
    client = cast.signed_in(owner)
    client.post(at(owner, "assignment_inbox"), form(ana, takes_unassigned="on"))
    with scope(workspace):
        assert WaitingLead.objects.count() == 2
    assert house.hand_out(workspace) == 2
    assert house.whose(first, second) == [ana.pk, ana.pk]


def test_the_history_says_why_to_who_sees_the_lead(workspace, owner, channel):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    house.rule(owner)
    lead = house.write(channel)
    assert house.whose(lead) == [ana.pk]
    decision = house.decision(lead)
    card = reverse("directory:lead", kwargs={"workspace_id": workspace.public_id, "pk": lead.pk})
    page = cast.signed_in(ana).get(card)
    address = at(ana, "decision", pk=decision.pk)
    link = BeautifulSoup(page.content.decode(), "html.parser").select_one(f'a[href="{address}"]')
    assert link is not None
    assert link["hx-target"] == "#dialog"
    assert "Assigned by turns" in words(page)
    shown = words(cast.signed_in(ana).get(address, headers={"HX-Request": "true"}))
    assert "It was their turn" in shown
    assert beto.user.name in shown
    assert cast.signed_in(beto).get(address).status_code == 404
    assert cast.signed_in(beto).get(at(beto, "assignment")).status_code == 403
    thread = reverse("inbox:thread", kwargs={"workspace_id": workspace.public_id, "pk": lead.pk})
    assert address in cast.signed_in(ana).get(thread).content.decode()


def test_last_week_over_again_says_how_many_each_would_have_had(workspace, owner, channel):
    ana, beto = house.sellers(workspace, owner, 2, channel)
    for _ in range(6):
        house.write(channel)
    with scope(workspace):
        old, _unassigned, *rest = Placement.objects.order_by("pk")
        week = timezone.now() - timedelta(days=8)
        Placement.objects.filter(pk=old.pk).update(created_at=week)
        Placement.objects.filter(pk__in=[one.pk for one in rest]).update(assignee=ana)
        before = AssignmentDecision.objects.count()
    client = cast.signed_in(owner)
    weights = {f"p{beto.pk}-weight": 4}

    def shares(**values: object) -> list[list[str]]:
        answer = client.get(at(owner, "assignment_simulation"), form(ana, beto, **values))
        tree = BeautifulSoup(answer.content.decode(), "html.parser")
        return [
            [cell.get_text(strip=True) for cell in row.select("td")] for row in tree.select("#shares-body tr")
        ]

    assert shares(**weights) == [[beto.user.name, "4", "0"], [ana.user.name, "1", "4"]]
    assert shares(capacity=1) == [[ana.user.name, "1", "4"], [beto.user.name, "1", "0"]]
    assert shares(**{f"p{ana.pk}-weight": 0}) == []
    with scope(workspace):
        assert AssignmentDecision.objects.count() == before
        assert not AssignmentRule.objects.exists()


def test_over_again_each_has_the_leads_of_channels_they_may_write_from(workspace, owner, channel):
    """Who waits by one channel holds up none of another."""
    other = inbox.channel(workspace)
    [ana] = house.sellers(workspace, owner, 1, channel)
    [beto] = house.sellers(workspace, owner, 1, other)
    for one in (channel, channel, channel, other, other):
        house.write(one)
    answer = cast.signed_in(owner).get(at(owner, "assignment_simulation"), form(ana, beto, capacity=2))
    tree = BeautifulSoup(answer.content.decode(), "html.parser")
    shares = [
        [cell.get_text(strip=True) for cell in row.select("td")] for row in tree.select("#shares-body tr")
    ]
    assert sorted(shares) == sorted([[ana.user.name, "2", "0"], [beto.user.name, "2", "0"]])
    assert "1 would wait until now." in words(answer)


def test_the_settings_cost_the_same_however_many_were_decided(
    workspace, owner, channel, django_assert_max_num_queries
):
    house.sellers(workspace, owner, 3, channel)
    house.rule(owner)
    for _ in range(4):
        house.write(channel)
    client = cast.signed_in(owner)
    for name in ("assignment", "decisions", "assignment_inbox"):
        client.get(at(owner, name))
        with django_assert_max_num_queries(20):
            assert client.get(at(owner, name)).status_code == 200
