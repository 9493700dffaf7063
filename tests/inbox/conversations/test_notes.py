"""Notes: told to colleagues in the thread, and to nobody else by any way."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from guardian.shortcuts import assign_perm

from crm.tenancy import scope
from crm.work.models import Item
from directory import visibility
from directory.models import Event, Lead, Placement
from inbox.actions import messages, notes
from inbox.conversations import thread
from inbox.models import Channel, Draft, Message, Note, Session
from tests import cast
from tests.directory import house as leads
from tests.inbox import house
from tests.inbox.conversations import talks
from tests.inbox.whatsapp import scripted
from tests.swap import HTMX, Swapped
from workspaces import portability
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db
SECRET = "Debe tres meses, ojo"


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


@pytest.fixture
def channel(workspace: Workspace, nudges: list[str]) -> Channel:
    with scope(workspace):
        return talks.number(workspace)


@pytest.fixture
def lead(workspace: Workspace, channel: Channel, seller: Membership) -> Lead:
    with scope(workspace):
        return talks.talk(workspace, channel, "Hola", "¿Hay talla M?", assignee=seller)


@pytest.fixture
def at(workspace: Workspace) -> Callable[..., str]:
    return lambda lead, rest="": f"/w/{workspace.public_id}/conversations/{lead.pk}/{rest}"


def lines(response: Any) -> list[str]:
    """What the thread shows, from above: "note: …" for notes, else the words of the message."""
    tree = BeautifulSoup(response.content.decode(), "html.parser")
    found = tree.select(
        "[data-entries] :is([data-text], .note-text), [data-stretch] :is([data-text], .note-text)"
    )
    return [("note: " if "note-text" in one["class"] else "") + one.get_text() for one in found]


def test_a_note_stands_in_the_thread_and_nothing_else_of_the_lead_changes(
    client: Client, at: Callable[..., str], lead: Lead, owner: Membership, seller: Membership
) -> None:
    with scope(owner.workspace):
        before = Placement.objects.filter(pk=lead.pk).values().get()
        last = Message.objects.newest_first().first().pk
    posted = {"text": SECRET, "client_id": str(uuid.uuid4()), "since": last}
    for _time in range(2):  # a double click
        assert lines(client.post(at(lead, "notes/"), posted, headers=HTMX)) == [f"note: {SECRET}"]
    with scope(owner.workspace):
        assert Placement.objects.filter(pk=lead.pk).values().get() == before
        talks.say(lead, "Gracias")
        assert Note.objects.get().author == owner
        assert Message.objects.count() == 3
        [event] = Event.objects.filter(verb="lead.noted")
        assert (event.facts, event.actor) == ({"note": Note.objects.get().pk, "mentions": []}, owner)
    theirs = cast.signed_in(seller).get(at(lead))
    assert lines(theirs) == ["Hola", "¿Hay talla M?", f"note: {SECRET}", "Gracias"]
    listed = client.get(f"/w/{owner.workspace.public_id}/conversations/").content.decode()
    assert "Gracias" in listed
    assert SECRET not in listed


def test_it_is_found_at_its_time_however_deep_the_thread_is_read(
    client: Client, at: Callable[..., str], channel: Channel, owner: Membership
) -> None:
    began = timezone.now() - timedelta(days=2)
    with scope(owner.workspace):
        lead = talks.talk(owner.workspace, channel)
        for place in range(95):
            talks.say(lead, f"m{place}", at=began + timedelta(minutes=place))
        for place in (10.5, 44.5, 55.5, 93.5):
            note = notes.write(lead, by=owner, text=f"n{place}")
            moment = began + timedelta(minutes=place)
            Note.objects.filter(pk=note.pk).update(created_at=moment)
            Event.objects.filter(facts__note=note.pk).update(created_at=moment)
        stretch = thread.newest(lead, owner)
        read: list[str] = []
        while True:
            shown = [_words(entry) for entry in stretch.entries if entry.bubble or entry.note]
            read = shown[: -1 if read else None] + read
            if not stretch.older:
                break
            stretch = thread.older(lead, owner, stretch.first or 0)
    expected = sorted([*map(float, range(95)), 10.5, 44.5, 55.5, 93.5])
    assert read == [f"n{one}" if one % 1 else f"m{one:.0f}" for one in expected]


def _words(entry: thread.Entry) -> str:
    return str(entry.note.html) if entry.note else entry.bubble.plain if entry.bubble else ""


def test_more_notes_than_a_stretch_takes_are_said_to_be_left_out_and_listed_apart(
    client: Client, at: Callable[..., str], lead: Lead, owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And none is lost behind many other things that happened since."""
    monkeypatch.setattr("inbox.conversations.notes.MOST", 6)
    monkeypatch.setattr("inbox.conversations.notes.PAGE", 5)
    much = [
        Event(workspace=owner.workspace, lead=lead, verb="lead.tagged", origin="web", facts={"name": "vip"})
    ]
    with scope(owner.workspace):
        for place in range(6):
            notes.write(lead, by=owner, text=f"n{place}")
        Event.objects.bulk_create(much * thread.MOST_EVENTS)
    page = client.get(at(lead))
    assert [one for one in lines(page) if "note" in one] == [f"note: n{place}" for place in range(6)]
    assert "left out" not in page.content.decode()
    assert f"{thread.MOST_EVENTS - 1} earlier changes" in page.content.decode()
    with scope(owner.workspace):
        notes.write(lead, by=owner, text="n6")
    page = client.get(at(lead))
    assert [one for one in lines(page) if "note" in one] == [f"note: n{place}" for place in range(1, 7)]
    assert "left out" in page.content.decode()
    first = BeautifulSoup(client.get(at(lead, "notes/"), headers=HTMX).content.decode(), "html.parser")
    assert [one.get_text() for one in first.select(".note-text")] == ["n6", "n5", "n4", "n3", "n2"]
    more = first.select_one("li[hx-get]")["hx-get"]
    rest = BeautifulSoup(client.get(more, headers=HTMX).content.decode(), "html.parser")
    assert [one.get_text() for one in rest.select(".note-text")] == ["n1", "n0"]


def test_notes_cost_an_open_thread_two_queries_and_nothing_where_there_are_none(
    client: Client, at: Callable[..., str], lead: Lead, owner: Membership, seller: Membership
) -> None:
    def cost() -> int:
        client.get(at(lead), headers=HTMX)
        with CaptureQueriesContext(connection) as asked:
            client.get(at(lead), headers=HTMX)
        return len(asked)

    bare = cost()
    with scope(owner.workspace):
        for _time in range(3):
            notes.write(lead, by=owner, text=f"Mira @[{seller.pk}]")
    assert cost() == bare + 2


def test_a_note_never_leaves_whatever_is_sent_meanwhile(
    at: Callable[..., str], owner: Membership, nudges: list[str], settings: Any
) -> None:
    """Over the whole engine, to a provider that keeps every request as it came."""
    channel = house.channel(owner.workspace)
    house.take_in(channel, house.text("Hola"))
    with scope(owner.workspace):
        lead = Lead.objects.get()
        session = Session.objects.select_related("identity").get()
        messages.send(lead, by=owner, session=session, text="Claro")
        note = notes.write(lead, by=owner, text=SECRET)
        messages.send(lead, by=owner, session=session, text="¿Sigues ahí?")
        notes.edit(note, by=owner, text=f"{SECRET} y más")
    client = cast.signed_in(owner)
    posted = {"identity": session.identity_id, "text": SECRET, "client_id": str(uuid.uuid4())}
    client.post(at(lead, "notes/"), posted)
    client.post(at(lead, "draft/"), {"text": SECRET, "note": "1"})
    client.post(at(lead, "reading/"), {"upto": 10**9})
    client.post(at(lead, "typing/"))
    with scripted.graph(settings, *[scripted.accepted(f"wamid.{place}") for place in range(20)]) as provider:
        house.work_off()
        with scope(owner.workspace):
            messages.retry(_failed(lead), by=owner)
        house.work_off()
    bodies = [body.decode() for _method, _path, _headers, body in provider.seen]
    sent = [json.loads(body) for body in bodies]
    assert [one["text"]["body"] for one in sent if "text" in one] == ["Claro", "¿Sigues ahí?", "Claro"]
    with scope(owner.workspace):
        rows = [*Message.objects.values(), *Event.objects.values("changes", "facts"), *Item.objects.values()]
        assert Note.objects.count() == 2
    told = json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False) + "".join(bodies)
    assert "tres meses" not in told


def _failed(lead: Lead) -> Message:
    message = Message.objects.of_lead(lead).get(text="Claro")
    Message.objects.filter(pk=message.pk).update(delivery="failed")
    message.refresh_from_db()
    return message


def test_only_its_author_changes_a_note_and_of_a_deleted_one_no_words_are_left(
    client: Client, at: Callable[..., str], lead: Lead, owner: Membership, seller: Membership
) -> None:
    with scope(owner.workspace):
        note = notes.write(lead, by=owner, text=SECRET)
    place = at(lead, f"notes/{note.pk}/")
    theirs = cast.signed_in(seller)
    assert theirs.get(place).status_code == 200
    assert [theirs.get(place + "?edit=1").status_code, theirs.post(place, {"text": "x"}).status_code] == [
        403,
        403,
    ]
    assert theirs.delete(place).status_code == 403
    page = Swapped(client.get(at(lead)))
    page.apply(client.get(place + "?edit=1", headers=HTMX), trigger=f"#note-{note.pk} [hx-get]")
    page.apply(client.post(place, {"text": "Ya pagó"}, headers=HTMX), trigger=f"#note-{note.pk} form")
    fresh = client.get(at(lead))
    page.assert_same(fresh)
    assert lines(fresh)[-1] == "note: Ya pagó"
    assert "Edited" in fresh.content.decode()
    assert client.post(place, {"text": " \n"}).status_code == 422
    assert client.post(place, {"text": "x" * 10_001}).status_code == 422
    assert client.post(place, {"text": "".join(f"@[{pk}]" for pk in range(51))}).status_code == 422
    page.apply(client.delete(place, headers=HTMX), trigger=f"#note-{note.pk} [hx-delete]")
    fresh = client.get(at(lead))
    page.assert_same(fresh)
    assert "Olga Owner deleted a note" in fresh.content.decode()
    assert client.post(place, {"text": "otra vez"}).status_code == 422
    with scope(owner.workspace):
        assert Note.objects.get().text == ""
        verbs = Event.objects.filter(facts__note=note.pk).order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["lead.noted", "note.edited", "note.deleted"]


def test_people_are_named_by_their_id_and_only_who_sees_the_lead_is_told(
    client: Client,
    at: Callable[..., str],
    lead: Lead,
    owner: Membership,
    admin: Membership,
    seller: Membership,
    other_seller: Membership,
    outsider: Membership,
) -> None:
    people = BeautifulSoup(client.get(at(lead, "people/"), headers=HTMX).content.decode(), "html.parser")
    options = {one["data-handle"]: "aria-disabled" in one.attrs for one in people.select("[role=option]")}
    assert options == {"Ana Admin": False, "Sara Seller": False, "Omar Other": True}
    assert "does not see this lead" in people.get_text()
    marks = " ".join(f"@[{one.pk}]" for one in (admin, seller, other_seller, outsider, owner))
    client.post(at(lead, "notes/"), {"text": f"{marks} @[1{'0' * 17}] <b>"})
    with scope(owner.workspace):
        note = Note.objects.get()
        event = Event.objects.get(verb="lead.noted")
        assert event.facts == {"note": note.pk, "mentions": sorted([admin.pk, seller.pk])}
        assert "@Omar Other" in note.text
    seller.user.name = "Sara Salas"
    seller.user.save()
    page = cast.signed_in(seller).get(at(lead)).content.decode()
    assert '<span class="mention is-me" dir="auto">@Sara Salas</span>' in page
    assert "Oscar Outsider" not in page
    assert "&lt;b&gt;" in page
    with scope(owner.workspace):
        notes.edit(note, by=owner, text=f"@[{admin.pk}] @[{owner.pk}]")
        assert Event.objects.get(verb="note.edited").facts["mentions"] == []


def test_who_sees_a_lead_is_the_same_asked_of_the_people_as_asked_of_the_lead(
    workspace: Workspace, owner: Membership, admin: Membership, seller: Membership, channel: Channel
) -> None:
    with scope(workspace):
        funnel = leads.funnel(workspace)
        [stage, _other] = funnel.stages.all()
        who = [owner, admin, seller]
        for place, (perm, unassigned) in enumerate(
            [("work_funnel", True), ("work_funnel", False), ("see_all_leads", True), ("see_all_leads", False)]
        ):
            one = cast.member(
                workspace, "seller", f"S{place}", f"s{place}@example.com", sees_unassigned=unassigned
            )
            assign_perm(perm, one.user, funnel)
            assign_perm("write_channel", one.user, channel)
            who.append(one)
        made = [
            leads.lead(workspace, stage=where, assignee=whose, channel_id=by)
            for where in (None, stage)
            for whose in (None, seller)
            for by in (None, channel.pk)
        ]
        for one in made:
            placement = Placement.objects.get(pk=one.pk)
            fresh = list(
                Membership.objects.filter(pk__in=[p.pk for p in who]).select_related("user", "workspace")
            )
            seen = {p.pk for p in visibility.who_see(placement, fresh)}
            again = Membership.objects.filter(pk__in=[p.pk for p in who]).select_related("user", "workspace")
            assert seen == {p.pk for p in again if Placement.objects.visible_to(p).filter(pk=one.pk).exists()}


def test_numbers_in_a_note_are_masked_for_who_may_not_see_them(
    at: Callable[..., str], lead: Lead, owner: Membership, seller: Membership
) -> None:
    Membership.objects.filter(pk=seller.pk).update(sees_phones=False)
    with scope(owner.workspace):
        notes.write(lead, by=owner, text=f"Su otro: +52 55 1234 5678 https://ejemplo.mx @[{seller.pk}]")
    page = cast.signed_in(seller).get(at(lead)).content.decode()
    assert "1234 5678" not in page
    assert 'href="https://ejemplo.mx"' in page
    assert "@Sara Seller" in page
    assert "1234 5678" in cast.signed_in(owner).get(at(lead)).content.decode()


def test_a_draft_of_a_note_is_apart_from_that_of_an_answer(
    client: Client, at: Callable[..., str], lead: Lead, owner: Membership, seller: Membership
) -> None:
    client.post(at(lead, "draft/"), {"text": "Claro que"})
    client.post(at(lead, "draft/"), {"text": f"@[{seller.pk}] mira", "note": "1"})
    page = BeautifulSoup(client.get(at(lead)).content.decode(), "html.parser")
    assert page.select_one("[data-composer-text]").get_text().strip() == "Claro que"
    field = page.select_one("[data-note-text]")
    assert field.get_text().strip() == "@Sara Seller mira"
    assert json.loads(field["data-people"]) == {"Sara Seller": seller.pk}
    with scope(owner.workspace):
        other = talks.talk(owner.workspace, Channel.objects.get(), "Buenas", name="Eva")
    client.post(at(other, "draft/"), {"text": f"Ojo @[{seller.pk}]", "note": "1"})
    listed = BeautifulSoup(
        client.get(f"/w/{owner.workspace.public_id}/conversations/").content.decode(), "html.parser"
    )
    begun = [one.get_text(" ", strip=True) for one in listed.select(".talk-said:has(.talk-draft)")]
    assert sorted(begun) == ["Draft Claro que", "Draft Ojo @…"]
    client.post(at(other, "draft/"), {"text": " ", "note": "1"})
    client.post(at(lead, "notes/"), {"text": "x"})
    with scope(owner.workspace):
        assert list(Draft.objects.values_list("is_note", "text")) == [(False, "Claro que")]


def test_notes_go_along_with_an_export(lead: Lead, owner: Membership) -> None:
    with scope(owner.workspace):
        notes.write(lead, by=owner, text=SECRET)
        [section] = [one for one in portability.sections() if one.name == "notes"]
        rows, _after = section.page(owner.workspace, None)
    assert [(row["lead"], row["text"]) for row in rows] == [(lead.pk, SECRET)]
