"""A sender who is blocked is kept and raises nothing; and the acts on a conversation, with their way back."""

import json
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from crm.tenancy import scope
from directory.actions import placements
from directory.models import Lead, Placement
from inbox import cards
from inbox.actions import blocking, messages, reading
from inbox.conversations import counting, glances
from inbox.conversations.wanted import Tab, Wanted
from inbox.models import Identity, Message, Session
from inbox.verbs import Verb
from tests import cast
from tests.directory import house as directory
from tests.inbox import house
from tests.inbox.webchat.conftest import Browser
from tests.swap import HTMX, Swapped
from workspaces.errors import Refused
from workspaces.models import AuditEntry

PHONE = "5215512345678"


@pytest.fixture
def lead(channel, workspace):
    house.take_in(channel, house.text("¿hola?", phone=PHONE), name="Marta")
    with scope(workspace):
        return Lead.objects.get()


def toast(response):
    return json.loads(response.headers["HX-Trigger"])["toast"]


def at(workspace, route, **arguments):
    return reverse(route, kwargs={"workspace_id": workspace.public_id, **arguments})


def test_what_a_blocked_sender_writes_is_kept_and_raises_nothing(
    lead, channel, workspace, owner, monkeypatch
):
    with scope(workspace):
        identity = Identity.objects.get()
        assert blocking.block(identity, by=owner)
        assert not blocking.block(identity, by=owner)
        reading.mark_read(lead, by=owner, up_to=Message.objects.get().pk)
        placements.archive(lead.pk, by=owner)
        before = Placement.objects.values().get()
        assert (before["waiting_since"], before["window_ends_at"]) == (None, None)
    told = []
    monkeypatch.setattr("crm.live.signal", lambda topic, kind, **ids: told.append(kind))
    house.take_in(channel, house.text("¡contesten!", phone=PHONE, wamid="late"))
    house.take_in(channel, house.element("reaction", {"message_id": "late", "emoji": "👍"}, phone=PHONE))
    assert set(told) == {"thread"}
    with scope(workspace):
        assert Placement.objects.values().get() == before  # nobody waits, no window, no place in any list
        last = Message.objects.get(text="¡contesten!")
        assert last.is_blocked
        assert Session.objects.get().window_ends_at is None
        assert glances.of([Placement.objects.get()], owner)[lead.pk].unread == 0
        assert counting.counts(owner, Wanted.of(QueryDict(), owner)).tabs[Tab.UNREAD] == 0
        assert cards.last_messages([Placement.objects.get()], owner)[lead.pk].text == "¿hola?"
        assert [verb for verb in directory.verbs_of(lead) if "conversation" in verb] == [
            "conversation.opened"
        ]
        with pytest.raises(Refused):
            messages.send(lead, by=owner, session=Session.objects.get(), text="no")
    page = cast.signed_in(owner).get(at(workspace, "inbox:thread", pk=lead.pk)).content.decode()
    assert "said-blocked" in page
    assert "This sender is blocked" in page


def test_unblocking_restores_the_window_and_hears_them_again(lead, channel, workspace, owner):
    with scope(workspace):
        blocking.block(Identity.objects.get(), by=owner)
    house.take_in(channel, house.text("dos", phone=PHONE))
    with scope(workspace):
        assert blocking.unblock(Identity.objects.get(), by=owner)
        at_last = Message.objects.get(text="dos").sent_at + timedelta(hours=24)
        assert Session.objects.get().window_ends_at == Placement.objects.get().window_ends_at == at_last
        assert Placement.objects.get().waiting_since is None  # what was unheard stays so
        assert directory.verbs_of(lead)[-2:] == [Verb.SENDER_BLOCKED, Verb.SENDER_UNBLOCKED]
        entries = AuditEntry.objects.filter(verb__startswith="sender").order_by("id")
        assert [(entry.verb, entry.target) for entry in entries] == [
            ("sender_blocked", f"Ventas · #{lead.pk}"),
            ("sender_unblocked", f"Ventas · #{lead.pk}"),
        ]
    house.take_in(channel, house.text("tres", phone=PHONE))
    with scope(workspace):
        assert Placement.objects.get().waiting_since is not None
        assert not Message.objects.get(text="tres").is_blocked


def test_another_channel_of_the_same_person_is_still_heard(lead, channel, workspace, owner):
    other = house.channel(workspace, app=channel.app)
    house.take_in(other, house.text("por otro lado", phone=PHONE))
    with scope(workspace):
        waits = Placement.objects.get()
        blocking.block(Identity.objects.get(channel=channel), by=owner)
        now = Placement.objects.get()
        assert now.waiting_since == Message.objects.get(text="por otro lado").sent_at >= waits.waiting_since
        assert now.window_ends_at is not None


def test_who_may_not_write_from_the_channel_does_not_block_on_it(
    lead, workspace, owner, seller, other_seller
):
    with scope(workspace):
        directory.place(lead, assignee=seller)
        identity = Identity.objects.get()
        with pytest.raises(Refused):
            blocking.block(identity, by=seller)
        with pytest.raises(Placement.DoesNotExist):
            blocking.block(identity, by=other_seller)


def test_the_composer_offers_to_unblock(lead, workspace, owner):
    client = cast.signed_in(owner)
    with scope(workspace):
        identity = Identity.objects.get()
    address = at(workspace, "inbox:block", pk=lead.pk, identity=identity.pk)
    page = at(workspace, "inbox:thread", pk=lead.pk)
    said = client.post(address, headers=HTMX)
    assert (said.status_code, "composer:again" in said.headers["HX-Trigger"]) == (204, True)
    assert toast(said)["action"]["method"] == "delete"
    dialog = client.get(at(workspace, "inbox:blocks", pk=lead.pk), headers=HTMX).content.decode()
    assert "Blocked by Olga Owner" in dialog
    shown = Swapped(client.get(page))
    answer = client.delete(address, headers={**HTMX, "HX-Target": "composer"})
    shown.apply(answer, trigger="#composer .composer-notice button")
    ignored = ("#talks", ".rail", ".phone-bar", ".thread", "#open-head", "#open-lead")
    shown.assert_same(client.get(page), ignore=ignored)
    assert "data-composer-form" in str(shown.tree.select_one("#composer"))


def test_a_blocked_visitor_of_a_web_chat_is_refused_quietly(workspace, owner):
    from inbox.channels.webchat.actions import widgets

    with scope(workspace):
        chat = widgets.connect(by=owner)
    visitor = Browser(chat)
    assert visitor.say("hola").status_code == 201
    with scope(workspace):
        blocking.block(Identity.objects.get(), by=owner)
    refused = visitor.say("¿hay alguien?")
    assert (refused.status_code, refused.json()) == (422, {"error": "closed"})
    assert [message["text"] for message in visitor.read()] == ["hola"]
    with scope(workspace):
        blocking.unblock(Identity.objects.get(), by=owner)
    assert visitor.say("gracias").status_code == 201


@pytest.mark.parametrize(
    ("route", "method", "column", "after"),
    [
        ("directory:lead_star", "post", "is_starred", True),
        ("directory:lead_star", "delete", "is_starred", False),
        ("directory:lead_archive", "post", "is_archived", True),
        ("directory:lead_archive", "delete", "is_archived", False),
    ],
)
def test_an_act_says_what_it_did_and_is_taken_back(lead, workspace, owner, route, method, column, after):
    client = cast.signed_in(owner)
    with scope(workspace):
        directory.place(lead, **{column: not after})
    address = at(workspace, route, pk=lead.pk)
    assert address in client.get(at(workspace, "inbox:menu", pk=lead.pk), headers=HTMX).content.decode()
    assert address in client.get(at(workspace, "inbox:head", pk=lead.pk), headers=HTMX).content.decode()
    undo = toast(getattr(client, method)(address, headers=HTMX))["action"]
    with scope(workspace):
        assert Placement.objects.values_list(column, flat=True).get() is after
    back = getattr(client, undo["method"])(undo["href"], headers=HTMX)
    assert "action" not in toast(back)
    with scope(workspace):
        assert Placement.objects.values_list(column, flat=True).get() is not after


def test_marking_unread_is_taken_back(lead, workspace, owner):
    client = cast.signed_in(owner)
    with scope(workspace):
        reading.mark_read(lead, by=owner, up_to=Message.objects.get().pk)
    address = at(workspace, "inbox:reading", pk=lead.pk)
    undo = toast(client.delete(address, headers=HTMX))["action"]
    with scope(workspace):
        assert glances.of([Placement.objects.get()], owner)[lead.pk].unread == 1
    client.post(undo["href"], headers=HTMX)
    with scope(workspace):
        assert glances.of([Placement.objects.get()], owner)[lead.pk].unread == 0


def test_the_card_has_every_act_and_only_who_may_deletes(lead, workspace, owner, seller):
    with scope(workspace):
        directory.place(lead, assignee=seller, last_activity_at=timezone.now())
    for person, may in ((owner, True), (seller, False)):
        page = cast.signed_in(person).get(at(workspace, "directory:lead_panel", pk=lead.pk)).content.decode()
        for route in ("inbox:blocks", "inbox:reading", "directory:lead_archive", "directory:lead_star"):
            assert at(workspace, route, pk=lead.pk) in page
        assert (at(workspace, "directory:lead_erasure", pk=lead.pk) in page) is may
