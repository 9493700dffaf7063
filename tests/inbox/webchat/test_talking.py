"""What a visitor says, gets and sees."""

import io
import uuid

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from crm.tenancy import scope
from crm.work import sweeps
from crm.work.claims import claim
from crm.work.models import Item
from directory.actions import leads
from directory.models import ContactPoint, Event, Lead, Placement
from inbox.actions import channels, messages
from inbox.channels.webchat import limits, thread
from inbox.models import Attachment, Delivery, Message, ReadMark
from inbox.verbs import Verb
from tests.inbox import house
from tests.inbox.webchat.conftest import Browser, answer

pytestmark = pytest.mark.django_db


def picture():
    held = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(held, "PNG")
    return held.getvalue()


def only_message(workspace):
    with scope(workspace):
        return Message.objects.select_related("lead").get()


def test_nothing_is_written_before_somebody_writes(visitor, workspace):
    assert visitor.start()["messages"] == []
    with scope(workspace):
        assert not Lead.objects.exists()


def test_what_is_written_is_a_lead_with_a_message_when_it_is_answered(visitor, channel, workspace):
    said = visitor.say("¿Tienen talla M?", page={"url": "https://shop.example/shirts", "title": "Shirts"})
    assert said.status_code == 201
    assert said.json()["message"]["text"] == "¿Tienen talla M?"
    with scope(workspace):
        message = Message.objects.get()
        placement = Placement.objects.get(pk=message.lead_id)
        assert message.lead.name.startswith("Visit")
        assert message.lead.ip == "203.0.113.7"
        assert message.data["page"]["title"] == "Shirts"
        assert (placement.last_inbound_id, placement.channel_id) == (message.pk, channel.pk)
        assert placement.window_ends_at is None
        assert set(Event.objects.values_list("verb", flat=True)) == {"lead.created", Verb.OPENED}
        channel.refresh_from_db()
        assert channel.last_event_at is not None


def test_told_twice_it_is_one_message_and_told_by_another_it_is_theirs(visitor, channel, workspace):
    key = str(uuid.uuid4())
    first, again = visitor.say("hello", client_id=key), visitor.say("hello", client_id=key)
    assert first.json()["message"]["id"] == again.json()["message"]["id"]
    other = Browser(channel).say("mine", client_id=key).json()["message"]
    assert other["text"] == "mine"
    with scope(workspace):
        assert Message.objects.count() == 2


def test_what_a_visitor_claims_is_kept_and_suspected_but_never_joins_leads(visitor, workspace, owner):
    with scope(workspace):
        phone = leads.phone("+52 55 1234 5678", region=None)
        there = leads.create(by=owner, workspace_id=workspace.pk, name="Marta", contact_points=[phone])
    claims = {"name": "  Marta   R ", "email": "Marta@Example.com", "phone": "55 1234 5678"}
    visitor.say("hello", claims=claims)
    visitor.say("again", claims=claims)
    with scope(workspace):
        lead = Lead.objects.exclude(pk=there.pk).get()
        assert lead.name == "Marta R"
        assert {(p.value, p.is_verified) for p in lead.contact_points.all()} == {
            ("marta@example.com", False), ("+525512345678", False)
        }  # fmt: skip
        event = Event.objects.get(verb=Verb.DUPLICATE_SUSPECTED)
        assert (event.lead_id, event.facts) == (lead.pk, {"other": there.pk, "by": "claimed phone"})


def test_who_has_the_number_that_a_visitor_claimed_is_not_taken_for_them(visitor, workspace, owner):
    visitor.say("hello", claims={"name": "Mallory", "phone": "+52 55 1234 5678"})
    whatsapp = house.channel(workspace)
    [message] = house.take_in(whatsapp, house.text("hola"), name="Marta")
    with scope(workspace):
        assert sorted(Lead.objects.values_list("name", flat=True)) == ["Mallory", "Marta"]
        event = Event.objects.get(verb=Verb.DUPLICATE_SUSPECTED)
        assert (event.lead_id, event.facts["by"]) == (message.lead_id, "phone")
        assert not ContactPoint.objects.get(lead__name="Mallory").is_verified


def test_an_answer_whose_worker_died_is_sent_again_and_what_was_read_stays_read(visitor, workspace, owner):
    visitor.say("hello")
    with scope(workspace):
        theirs = Message.objects.get()
        ours = messages.send(theirs.lead, by=owner, session=theirs.session, text="one")
        while (batch := claim("now")).items[0].kind != "inbox.send":
            pass
        visitor.post("receipts/", {"read": ours.pk})
        Item.objects.filter(pk=batch.items[0].pk).update(lease_until=timezone.now())
        sweeps.end_expired_leases()
        Item.objects.update(due_at=timezone.now())
        messages.send(theirs.lead, by=owner, session=theirs.session, text="two")
        house.work_off()
        house.work_off()
        states = Item.objects.filter(kind="inbox.send").values_list("state", flat=True)
        assert set(states) == {"sent"}
        assert [one.delivery for one in Message.objects.filter(direction="out").order_by("pk")] == [
            "read",
            "sent",
        ]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": "x" * 4_001}, 422, "long"),
        ({"text": "  "}, 422, "nothing"),
        ({"text": ["x"]}, 422, "long"),
        ({"text": "x", "client_id": "no"}, 422, "client_id"),
        ({"text": "x", "claims": {"email": "no"}}, 422, "email"),
        ({"text": "x", "claims": {"phone": "12"}}, 422, "phone"),
        ("{", 400, "json"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(visitor, workspace, body, status, code):
    visitor.start()
    if isinstance(body, dict):
        body = {"client_id": uuid.uuid4().hex, **body}
    answered = visitor.post("messages/", body)
    assert (answered.status_code, answered.json()) == (status, {"error": code})
    with scope(workspace):
        assert not Lead.objects.exists()


def test_markup_is_text_and_nul_is_refused(visitor, workspace):
    visitor.say("<script>alert(1)</script>", claims={"name": "<b>x</b>"})
    message = only_message(workspace)
    assert (message.text, message.lead.name) == ("<script>alert(1)</script>", "<b>x</b>")
    assert visitor.say("a\0b").status_code == 400


def test_a_visitor_reads_their_own_conversation_and_no_other(visitor, channel, workspace, owner):
    visitor.say("mine")
    Browser(channel).say("another's")
    message = Message
    with scope(workspace):
        message = Message.objects.get(text="mine")
        elsewhere = house.channel(workspace)
        session = house.conversation(message.lead, elsewhere)
        answer(message, "the reply", by=owner)
        answer(message, "not sent", by=owner, delivery=Delivery.FAILED)
        secret = answer(message, "on WhatsApp", by=owner)
        Message.objects.filter(pk=secret.pk).update(
            channel=elsewhere, session=session, identity=session.identity
        )
    found = visitor.read()
    assert [(m["text"], m["mine"], m["by"]) for m in found] == [
        ("mine", True, ""),
        ("the reply", False, "Olga"),
    ]


def test_a_long_thread_comes_in_pages(visitor, workspace, owner, django_assert_max_num_queries):
    visitor.say("first")
    message = only_message(workspace)
    with scope(workspace):
        for number in range(thread.PAGE + 5):
            answer(message, str(number), by=owner)
    with django_assert_max_num_queries(8):
        newest = visitor.get("messages/").json()
    assert (len(newest["messages"]), newest["older"]) == (thread.PAGE, True)
    before = visitor.get(f"messages/?before={newest['messages'][0]['id']}").json()
    assert [m["text"] for m in before["messages"]] == ["first", "0", "1", "2", "3", "4"]
    assert before["older"] is False


def test_ticks_go_forward_both_ways(visitor, workspace, owner):
    visitor.say("hello")
    message = only_message(workspace)
    with scope(workspace):
        ours = answer(message, "the reply", by=owner)

    def delivery():
        with scope(workspace):
            return Message.objects.get(pk=ours.pk).delivery

    visitor.post("receipts/", {"delivered": ours.pk})
    assert delivery() == Delivery.DELIVERED
    visitor.post("receipts/", {"read": ours.pk})
    visitor.post("receipts/", {"delivered": ours.pk})
    assert delivery() == Delivery.READ
    assert visitor.get("messages/").json()["seen"] == 0
    with scope(workspace):
        ReadMark.objects.create(membership=owner, lead=message.lead, message_id=message.pk)
    assert visitor.get("messages/").json()["seen"] == message.pk


def test_a_picture_is_shown_in_place(visitor, workspace):
    key = uuid.uuid4().hex
    visitor.upload("foto.png", picture(), client_id=key)
    again = visitor.upload("foto.png", picture(), client_id=key).json()["message"]["files"]
    (file,) = again
    assert (file["mime"], file["width"], file["height"], file["state"]) == ("image/png", 40, 20, "ready")
    shown = visitor.client.get(file["url"])
    assert b"".join(shown.streaming_content) == picture()
    assert shown.headers["Content-Disposition"].startswith("inline")
    with scope(workspace):
        attachment = Attachment.objects.get()
    folder, _, name = attachment.file.name.rpartition("/")
    assert name in default_storage.listdir(folder)[1]


def test_what_lies_about_its_type_is_a_document_that_no_browser_opens(visitor):
    (file,) = visitor.upload("foto.png", b"<html><script>alert(1)</script>").json()["message"]["files"]
    shown = visitor.client.get(file["url"])
    assert shown.headers["Content-Type"] == "application/octet-stream"
    assert shown.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    shown.close()


def test_a_file_too_large_is_refused_and_a_forged_address_opens_nothing(visitor, channel, monkeypatch):
    monkeypatch.setattr("inbox.channels.webchat.uploads.FILE_BYTES", 100)
    assert visitor.upload("big.bin", b"x" * 101).status_code == 413
    assert visitor.upload("none.bin", b"").json() == {"error": "empty"}
    assert visitor.client.get(f"/chat/{channel.external_id}/files/1-20000:forged/").status_code == 404


def test_too_much_is_answered_with_when_to_come_back(visitor, channel, monkeypatch):
    monkeypatch.setattr(limits, "MESSAGES", limits.Rate("chat.messages", 2, 60))
    monkeypatch.setattr(limits, "NEWCOMERS", limits.Rate("chat.newcomers", 1, 3600))
    assert [visitor.say(str(n)).status_code for n in range(3)] == [201, 201, 429]
    refused = Browser(channel).say("a second newcomer")
    assert (refused.status_code, refused.json(), refused.headers["Retry-After"]) == (
        429, {"error": "rate", "retry": 3600}, "3600"
    )  # fmt: skip


def test_another_site_asks_nothing_and_a_removed_widget_answers_nothing(visitor, channel, workspace, owner):
    visitor.start()
    assert visitor.post("start/", Origin="https://evil.example").json() == {"error": "origin"}
    assert visitor.post("start/", Origin="http://testserver").status_code == 200
    visitor.say("hello")
    with scope(workspace):
        channels.remove(channel, by=owner)
    assert {visitor.get(path).status_code for path in ("", "widget.js", "messages/")} == {404}
    assert only_message(workspace).text == "hello"
