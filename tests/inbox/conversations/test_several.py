"""Several conversations at once: what is done, what is said, what is taken back."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.tenancy import scope
from directory.models import Lead, LeadTag, Placement
from inbox.models import ReadMark
from tests import cast
from tests.directory import house
from tests.inbox.conversations import talks
from tests.swap import HTMX
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(workspace: Workspace) -> Callable[..., str]:
    return lambda rest="": f"/w/{workspace.public_id}/conversations/{rest}"


@pytest.fixture
def leads(workspace: Workspace, seller: Membership) -> list[Lead]:
    with scope(workspace):
        channel = talks.number(workspace)
        return [
            talks.talk(workspace, channel, "Hola", name=f"L{place}", assignee=seller) for place in range(3)
        ]


@pytest.fixture
def act(owner: Membership, at: Callable[..., str]) -> Callable[..., Any]:
    def post(kind: str, leads: list[Lead], value: str = "", client: Client | None = None) -> dict[str, Any]:
        data = {"kind": kind, "lead": [one.pk for one in leads], "value": value}
        answer = (client or cast.signed_in(owner)).post(at("acts/"), data, headers=HTMX)
        assert answer.status_code == 204, answer.status_code
        return dict(json.loads(answer.headers["HX-Trigger"]))

    return post


def test_each_act_is_done_to_all_said_and_taken_back(
    act: Callable[..., Any], leads: list[Lead], owner: Membership, seller: Membership, at: Callable[..., str]
) -> None:
    with scope(owner.workspace):
        tag = house.tag(owner.workspace)
        LeadTag.objects.create(workspace=owner.workspace, lead=leads[0], tag=tag)
        house.place(leads[1], status="urgent")

    def how() -> list[Any]:
        with scope(owner.workspace):
            rows = Placement.objects.filter(pk__in=[one.pk for one in leads]).order_by("pk")
            tagged = set(LeadTag.objects.filter(tag=tag).values_list("lead_id", flat=True))
            return [
                (one.assignee_id, one.status, one.is_archived, one.is_starred, one.pk in tagged)
                for one in rows
            ]

    client = cast.signed_in(owner)
    before = how()
    for kind, value, said in (
        ("assign", str(owner.pk), "3 assigned."),
        ("assign", "0", "3 assigned."),
        ("status", "urgent", "2 conversations have another status."),
        ("tag", str(tag.pk), "2 tagged."),
        ("untag", str(tag.pk), "The tag was taken off 1 conversation."),
        ("archive", "", "3 archived."),
        ("star", "", "3 starred."),
    ):
        told = act(kind, leads, value)
        assert told["toast"]["text"] == said
        assert told["talks:acted"]["ids"] == [one.pk for one in leads]
        assert how() != before
        answer = client.post(told["toast"]["action"]["href"], headers=HTMX)
        assert json.loads(answer.headers["HX-Trigger"])["toast"]["text"] == "Undone."
        assert how() == before, kind
    with scope(owner.workspace):
        verbs = house.verbs_of(leads[2])
    assert verbs[-4:] == ["lead.tagged", "lead.untagged", "lead.archived", "lead.unarchived"]
    assert act("unarchive", leads)["toast"]["text"] == "It is so already."
    assert "action" not in act("read", leads)["toast"]


def test_reading_is_each_persons_own(
    act: Callable[..., Any], leads: list[Lead], owner: Membership, seller: Membership
) -> None:
    assert act("read", leads)["toast"]["text"] == "3 marked as read."
    assert act("unread", leads[:1])["toast"]["text"] == "1 marked as unread."
    with scope(owner.workspace):
        assert set(ReadMark.objects.values_list("membership_id", "by_hand")) == {
            (owner.pk, True), (owner.pk, False)
        }  # fmt: skip


def test_what_one_does_not_see_is_counted_and_left_alone(
    act: Callable[..., Any],
    leads: list[Lead],
    owner: Membership,
    seller: Membership,
    outsider: Membership,
    at: Callable[..., str],
) -> None:
    with scope(outsider.workspace):
        strange = house.lead(outsider.workspace)
    with scope(owner.workspace):
        house.place(leads[2], assignee=owner)
    theirs = cast.signed_in(seller)
    told = act("archive", [*leads, strange], client=theirs)
    assert told["toast"]["text"] == "2 archived. You no longer see 2 of them."
    with scope(owner.workspace):
        assert not house.placement_of(leads[2]).is_archived
    with scope(outsider.workspace):
        assert not house.placement_of(strange).is_archived
    # Nobody else takes it back; nor what changed since.
    href = told["toast"]["action"]["href"]
    assert cast.signed_in(owner).post(href, headers=HTMX).status_code == 404
    act("unarchive", leads[:1])
    answer = theirs.post(href, headers=HTMX)
    assert "nothing changed since" in json.loads(answer.headers["HX-Trigger"])["toast"]["text"]
    assert theirs.post(re.sub(r"act=.*", "act=forged", href), headers=HTMX).status_code == 400


def test_what_makes_no_sense_is_refused(
    leads: list[Lead], owner: Membership, outsider: Membership, at: Callable[..., str]
) -> None:
    client, lead = cast.signed_in(owner), leads[0].pk
    with scope(outsider.workspace):
        foreign = house.tag(outsider.workspace)
    for kind, data, status in (
        ("archive", {}, 400),
        ("archive", {"lead": "x"}, 400),
        ("archive", {"lead": list(range(1, 202))}, 400),
        ("erase", {"lead": lead}, 400),
        ("status", {"lead": lead, "value": "rude"}, 400),
        ("assign", {"lead": lead, "value": ""}, 400),
        ("assign", {"lead": lead, "value": outsider.pk}, 404),
        ("tag", {"lead": lead, "value": foreign.pk}, 404),
        ("tag", {"lead": lead}, 404),
    ):
        assert client.post(at("acts/"), {"kind": kind, **data}, headers=HTMX).status_code == status, (
            kind,
            data,
        )
    assert client.get(at("acts/")).status_code == 405
    assert client.get(at("acts/panel/?panel=secrets")).status_code == 400


def test_the_menu_of_tags_says_which_all_have(
    act: Callable[..., Any], leads: list[Lead], owner: Membership, at: Callable[..., str]
) -> None:
    with scope(owner.workspace):
        some, every = house.tag(owner.workspace, "some"), house.tag(owner.workspace, "every")
        for lead in leads:
            LeadTag.objects.create(workspace=owner.workspace, lead=lead, tag=every)
        LeadTag.objects.create(workspace=owner.workspace, lead=leads[0], tag=some)
    query = "&".join(f"lead={one.pk}" for one in leads)
    menu = cast.signed_in(owner).get(at(f"acts/panel/?panel=tags&{query}")).content.decode()
    assert re.search(r'aria-checked="true"[^>]*untag.*every', menu)
    assert re.search(r'aria-checked="mixed"[^>]*&#34;tag.*some.*1 / 3', menu)
    for panel, word in (("assignee", "Olga Owner"), ("status", "Urgent")):
        assert word in cast.signed_in(owner).get(at(f"acts/panel/?panel={panel}")).content.decode()
