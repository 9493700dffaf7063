"""The thread: paged both ways, opened where one stopped reading, every kind of message shown."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.tenancy import scope
from directory.models import Lead
from inbox.actions import reading
from inbox.models import Channel, Draft, Message, MessageKind, Reaction, ReadMark
from tests import cast
from tests.inbox.conversations import talks
from tests.swap import HTMX
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


@pytest.fixture
def channel(workspace: Workspace, nudges: list[str]) -> Channel:
    with scope(workspace):
        return talks.number(workspace)


@pytest.fixture
def long(workspace: Workspace, channel: Channel) -> Lead:
    """100 messages of theirs, m0 to m99."""
    with scope(workspace):
        return talks.talk(workspace, channel, *[f"m{place}" for place in range(100)])


@pytest.fixture
def at(workspace: Workspace) -> Callable[..., str]:
    return lambda lead, rest="": f"/w/{workspace.public_id}/conversations/{lead.pk}/{rest}"


def said(response: Any) -> list[str]:
    tree = BeautifulSoup(response.content.decode(), "html.parser")
    return [one.get_text() for one in tree.select("[data-entries] [data-text], [data-stretch] [data-text]")]


def ids(response: Any) -> list[str]:
    return re.findall(r'data-message="(\d+)"', response.content.decode())


def test_it_opens_at_the_first_unread_message_and_is_read_both_ways(
    client: Client, at: Callable[..., str], long: Lead, owner: Membership
) -> None:
    with scope(owner.workspace):
        ten = Message.objects.get(text="m10")
        reading.mark_read(long, by=owner, up_to=ten.pk)
    page = client.get(at(long))
    shown = said(page)
    assert shown[0] == "m5"
    assert shown[-1] == "m41"
    assert page.content.decode().index('id="thread-new"') < page.content.decode().index(">m11<")
    older = client.get(at(long, f"stretch/?older={ids(page)[0]}"), headers=HTMX)
    assert said(older) == [f"m{place}" for place in range(6)]
    newer = client.get(at(long, f"stretch/?newer={ids(page)[-1]}"), headers=HTMX)
    assert said(newer)[:2] == ["m41", "m42"]
    assert said(newer)[-1] == "m71"


def test_what_came_since_is_drawn_with_what_is_shown(
    client: Client, at: Callable[..., str], long: Lead, owner: Membership
) -> None:
    with scope(owner.workspace):
        talks.say(long, "m100")
        anchor = Message.objects.get(text="m97").pk
    assert said(client.get(at(long, f"stretch/?since={anchor}"), headers=HTMX)) == [
        "m97",
        "m98",
        "m99",
        "m100",
    ]
    assert client.get(at(long, "stretch/?since=999999999"), headers=HTMX).status_code == 404


def test_an_open_thread_costs_the_same_however_long_it_is(
    client: Client, at: Callable[..., str], long: Lead
) -> None:
    client.get(at(long))
    with CaptureQueriesContext(connection) as asked:
        client.get(at(long), headers=HTMX)
    assert len(asked) <= 3 + 12, [one["sql"][:90] for one in asked.captured_queries]
    with CaptureQueriesContext(connection) as asked:
        client.get(at(long))
    assert len(asked) <= 4 + 17, [one["sql"][:90] for one in asked.captured_queries]


def test_every_kind_is_shown_and_nothing_of_it_is_markup(
    client: Client, at: Callable[..., str], owner: Membership, channel: Channel
) -> None:
    bad = "<script>alert(1)</script>"
    data = {
        MessageKind.LOCATION: {"latitude": 19.4, "longitude": -99.1, "name": bad, "address": bad},
        MessageKind.CONTACTS: {"contacts": [{"name": bad, "phones": ["+525512345678"], "emails": [bad]}]},
        MessageKind.BUTTONS: {"buttons": [{"id": "1", "title": bad}]},
        MessageKind.LIST: {"button": bad, "rows": [{"id": "1", "title": bad, "description": bad}]},
        MessageKind.REPLY: {"title": bad, "description": bad},
        MessageKind.FORM: {"name": bad, "fields": {bad: bad, "many": [bad]}},
        MessageKind.ORDER: {"items": [{"product": bad, "quantity": 1, "price": 2, "currency": bad}]},
        MessageKind.TEMPLATE: {"template": {"buttons": [bad]}},
        MessageKind.UNSUPPORTED: {"type": bad},
    }
    with scope(owner.workspace):
        lead = talks.talk(owner.workspace, channel)
        for kind in MessageKind:
            message = talks.say(
                lead,
                bad,
                kind=kind,
                data={
                    **data.get(kind, {}),
                    "referral": {"headline": bad, "source_url": "javascript:alert(1)"},
                },
            )
        Reaction.objects.create(message=message, emoji=bad, at=timezone.now())
        talks.say(lead, "taken back", revoked_at=timezone.now())
        talks.say(lead, ">no", delivery="failed", error_code="131047", error=bad)
        talks.say(lead, ">perhaps", delivery="unknown")
    page = client.get(at(lead)).content.decode()
    assert bad not in page
    assert "javascript:alert" not in page
    assert "taken back" not in page
    assert "Changed their account" in page
    assert "Use a template" in page
    assert "It arrived" in page
    # Of what is ours, everything is markup, and nothing is escaped twice.
    assert "&lt;s" not in page.replace("&lt;script&gt;", "").replace("&lt;script", "")
    assert "&amp;lt;" not in page
    tree = BeautifulSoup(page, "html.parser")
    for part in (
        "referral",
        "contact-card",
        "place-card",
        "reactions",
        "order-lines",
        "said-channel",
        "ticks",
    ):
        assert tree.select_one(f".said .{part}"), part


def test_links_are_links_and_marks_are_shown(
    client: Client, at: Callable[..., str], owner: Membership, channel: Channel
) -> None:
    with scope(owner.workspace):
        lead = talks.talk(owner.workspace, channel, 'Mira *esto* (https://ejemplo.mx/a?b=1&c="x).')
    page = client.get(at(lead)).content.decode()
    assert "<strong>esto</strong>" in page
    assert 'href="https://ejemplo.mx/a?b=1&amp;c="' in page
    assert 'rel="noopener noreferrer nofollow"' in page


def test_a_message_is_sent_once_however_often_it_is_posted(
    client: Client, at: Callable[..., str], long: Lead, owner: Membership
) -> None:
    with scope(owner.workspace):
        Draft.objects.create(membership=owner, lead=long, text="Cla")
        identity = long.identities.get().pk
        since = Message.objects.get(text="m98").pk
    posted = {"identity": identity, "text": "Claro\r\nque sí", "client_id": str(uuid.uuid4()), "since": since}
    for _time in range(2):
        answer = client.post(at(long, "messages/"), posted, headers=HTMX)
        assert said(answer) == ["m99", "Claro\nque sí"]
    with scope(owner.workspace):
        message = Message.objects.get(direction="out")
        assert (message.delivery, message.author) == ("queued", owner)
        assert not Draft.objects.exists()


def test_a_reply_reads_each_thing_once(
    client: Client, at: Callable[..., str], long: Lead, owner: Membership
) -> None:
    with scope(owner.workspace):
        identity = long.identities.get().pk
        since = Message.objects.get(text="m99").pk
    posted = {"identity": identity, "since": since, "kind": "text"}
    for _turn in range(2):
        with CaptureQueriesContext(connection) as asked:
            sent = {**posted, "text": "Claro", "client_id": str(uuid.uuid4())}
            assert client.post(at(long, "messages/"), sent, headers=HTMX).status_code == 200
    statements = [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(statements) <= 3 + 13, [one[:90] for one in statements]


def test_a_refusal_is_said_in_plain_words(
    client: Client, at: Callable[..., str], owner: Membership, channel: Channel
) -> None:
    with scope(owner.workspace):
        lead = talks.talk(owner.workspace, channel, "Hola", window=-timedelta(hours=1))
        identity = lead.identities.get().pk
    answer = client.post(at(lead, "messages/"), {"identity": identity, "text": "Hola"}, headers=HTMX)
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("text/plain")
    assert "Choose a template" in answer.content.decode()
    assert 'data-mode="closed"' in client.get(at(lead)).content.decode()


def test_reading_is_marked_by_a_post_and_never_moves_back(
    client: Client, at: Callable[..., str], long: Lead, owner: Membership
) -> None:
    client.get(at(long))
    with scope(owner.workspace):
        assert not ReadMark.objects.exists()
        last = Message.objects.get(text="m99").pk
    for upto in (last, last - 5):
        assert client.post(at(long, "reading/"), {"upto": upto}).status_code == 204
    with scope(owner.workspace):
        assert ReadMark.objects.get().message_id == last
    assert client.delete(at(long, "reading/")).status_code == 204
    with scope(owner.workspace):
        assert ReadMark.objects.get().message_id < last


def test_a_seller_without_the_number_reads_but_cannot_write(
    at: Callable[..., str], owner: Membership, seller: Membership, channel: Channel
) -> None:
    with scope(owner.workspace):
        lead = talks.talk(owner.workspace, channel, "Hola", assignee=seller)
        identity = lead.identities.get().pk
    theirs = cast.signed_in(seller)
    page = theirs.get(at(lead)).content.decode()
    assert 'data-mode="stopped"' in page
    assert "not write from it" in page
    assert theirs.post(at(lead, "messages/"), {"identity": identity, "text": "x"}).status_code == 422


def test_numbers_are_masked_for_who_may_not_see_them(
    at: Callable[..., str], owner: Membership, seller: Membership, channel: Channel
) -> None:
    Membership.objects.filter(pk=seller.pk).update(sees_phones=False)
    with scope(owner.workspace):
        lead = talks.talk(owner.workspace, channel, "Hola", name="+52 55 1234 5678", assignee=seller)
        talks.say(
            lead, "", kind="contacts", data={"contacts": [{"name": "Luis", "phones": ["+525587654321"]}]}
        )
    page = cast.signed_in(seller).get(at(lead)).content.decode()
    assert "1234 5678" not in page
    assert "87654321" not in page
