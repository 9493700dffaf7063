"""What is made of messages, whatever their order and however often they come."""

import json
import random
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from crm import work
from crm.tenancy import scope
from crm.work.attempts import deliver
from crm.work.claims import claim
from crm.work.models import Item
from directory.models import Placement
from inbox.actions import messages as outgoing
from inbox.channels import kinds
from inbox.intake import messages, working
from inbox.journal import splitting
from inbox.models import Attachment, Message, ParkedChange, Reaction, Session
from tests.directory import house as directory
from tests.inbox import house

pytestmark = pytest.mark.django_db

NOW = int(time.time())


def test_the_thread_has_the_providers_order_and_among_equals_that_of_arrival(channel):
    house.take_in(channel, house.text("tres", at=NOW - 10), house.text("cuatro", at=NOW - 10))
    house.take_in(channel, house.text("uno", at=NOW - 20))
    found = house.take_in(channel, house.text("cinco", at=NOW - 10), house.text("dos", at=NOW - 15))
    assert [message.text for message in found] == ["uno", "dos", "tres", "cuatro", "cinco"]


def test_a_provider_whose_clock_is_ahead_said_nothing_in_the_future(channel, workspace):
    [message] = house.take_in(channel, house.text("hola", at=NOW + 7200))
    assert message.sent_at <= message.created_at
    with scope(workspace):
        assert Placement.objects.get().window_ends_at <= timezone.now() + timedelta(hours=24)


def test_windows_never_move_back(channel, workspace):
    house.take_in(channel, house.text("nuevo", at=NOW - 60))
    with scope(workspace):
        session, placement = Session.objects.get().window_ends_at, Placement.objects.get()
    house.take_in(channel, house.text("viejo, llega tarde", at=NOW - 3600))
    with scope(workspace):
        assert Session.objects.get().window_ends_at == session
        after = Placement.objects.get()
        assert (after.window_ends_at, after.last_message_id, after.last_activity_at) == (
            placement.window_ends_at,
            placement.last_message_id,
            placement.last_activity_at,
        )
        assert after.last_inbound_id > placement.last_inbound_id  # by arrival: it is unread


def test_a_late_message_waits_from_when_it_was_written_unless_the_phone_has_answered_it(channel, workspace):
    def waiting_since():
        with scope(workspace):
            since = Placement.objects.get().waiting_since
        return since and since.timestamp()

    house.take_in(channel, house.text("dos", at=NOW - 50))
    house.take_in(channel, house.text("uno", at=NOW - 60))
    assert waiting_since() == NOW - 60
    house.take_in(channel, house.text("listo", phone="", to="5215512345678", at=NOW - 30), echo=True)
    assert waiting_since() is None
    house.take_in(channel, house.text("tres, y llega tarde", at=NOW - 40))
    assert waiting_since() is None
    house.take_in(channel, house.text("cuatro", at=NOW - 20))
    assert waiting_since() == NOW - 20


def test_an_answer_that_the_provider_could_not_deliver_is_none(channel, workspace, owner):
    [asked] = house.take_in(channel, house.text("¿hola?", at=NOW - 60))
    with scope(workspace):
        answer = outgoing.send(asked.lead, by=owner, session=asked.session, text="hola")
        Message.objects.filter(pk=answer.pk).update(external_id="wamid.answer", delivery="sent")
        Item.objects.filter(kind="inbox.send").delete()
        assert Placement.objects.get().waiting_since is None
    for value, since in (("failed", asked.sent_at), ("delivered", None)):
        house.take_in(channel, house.status("wamid.answer", value))
        with scope(workspace):
            assert Placement.objects.get().waiting_since == since


def test_what_is_quoted_of_another_lead_is_not_shown(channel, workspace):
    house.take_in(channel, house.text("de otra", wamid="wamid.theirs", phone="5218100000001"))
    quoting = {"context": {"id": "wamid.theirs"}}
    house.take_in(channel, house.text("¿y esto?", wamid="wamid.ours", **quoting))
    late = house.text("¿y lo que viene?", wamid="wamid.before", context={"id": "wamid.late"})
    house.take_in(channel, late)
    found = house.take_in(channel, house.text("otra vez", wamid="wamid.late", phone="5218100000001"))
    assert [message.reply_to_id for message in found] == [None] * 4


def test_an_answer_finds_what_it_quotes_also_when_that_comes_later(channel):
    answer = house.text("sí, ese", context={"id": "wamid.quoted"}, at=NOW - 5)
    [early] = house.take_in(channel, answer)
    assert (early.reply_to_id, early.reply_to_external_id) == (None, "wamid.quoted")
    quoted, answer = house.take_in(channel, house.text("¿el rojo?", wamid="wamid.quoted", at=NOW - 9))
    assert (answer.reply_to_id, answer.reply_to_external_id) == (quoted.pk, "")


def edit(body, number, at):
    said = {"original_message_id": "wamid.M", "message": {"type": "text", "text": {"body": body}}}
    return house.element("edit", said, wamid=f"wamid.edit{number}", at=at)


CHANGES = [
    house.text("primero", wamid="wamid.M", at=NOW - 50),
    edit("segundo", 2, NOW - 40),
    edit("tercero", 3, NOW - 30),
    house.element("reaction", {"message_id": "wamid.M", "emoji": "👍"}, wamid="wamid.r1", at=NOW - 28),
    house.element("reaction", {"message_id": "wamid.M", "emoji": ""}, wamid="wamid.r2", at=NOW - 27),
    house.element("revoke", {"original_message_id": "wamid.M"}, wamid="wamid.revoke", at=NOW - 20),
]


@pytest.mark.parametrize("seed", range(6))
def test_changes_come_in_any_order_and_twice(channel, workspace, seed):
    shuffled = [*CHANGES, *CHANGES]
    random.Random(seed).shuffle(shuffled)
    for change in shuffled:
        [*found] = house.take_in(channel, change)
    [message] = found
    assert (message.text, message.revoked_at is not None) == ("tercero", True)
    assert sorted(entry["text"] for entry in message.data["before"]) == ["primero", "segundo"]
    with scope(workspace):
        reaction = Reaction.objects.get()
        assert (reaction.emoji, reaction.is_ours) == ("", False)
        assert not ParkedChange.objects.exists()


def test_a_reaction_opens_the_window_and_asks_for_no_answer(channel, workspace):
    house.take_in(channel, house.text("ok", wamid="wamid.M", at=NOW - 3600))
    with scope(workspace):
        directory.place(Placement.objects.get().lead, waiting_since=None)
    reaction = house.element("reaction", {"message_id": "wamid.M", "emoji": "👍"}, at=NOW - 60)
    house.take_in(channel, reaction)
    with scope(workspace):
        placement = Placement.objects.get()
        assert placement.window_ends_at.timestamp() == NOW - 60 + 24 * 3600
        assert placement.waiting_since is None
        assert Reaction.objects.get().emoji == "👍"


def test_nobody_changes_what_another_wrote(channel):
    echo = {**house.text("de nosotros", wamid="wamid.M"), "from": "5550000001", "to": "5215512345678"}
    house.take_in(channel, echo, echo=True)
    [message] = house.take_in(channel, edit("no lo dijeron", 1, NOW), CHANGES[-1])
    assert (message.text, message.revoked_at) == ("de nosotros", None)


def test_what_is_not_understood_is_shown_as_such(channel):
    unknown = house.element("holo", {"beam": 1})
    refused = {**house.element("unsupported", {"type": "poll"}), "errors": [{"code": 131051, "title": "No"}]}
    first, second = house.take_in(channel, unknown, refused)
    assert (first.kind, first.data["type"]) == ("unsupported", "holo")
    assert (second.kind, second.data["type"], second.data["errors"][0]["code"]) == (
        "unsupported",
        "poll",
        131051,
    )


def test_the_ad_that_led_here_is_kept_and_told_by_its_ids(channel, workspace):
    referral = {"source_id": "120", "source_type": "ad", "headline": "Oferta", "ctwa_clid": "clid"}
    [message] = house.take_in(channel, house.text("info", referral=referral))
    assert message.data["referral"]["headline"] == "Oferta"
    with scope(workspace):
        event = directory.events_of(message.lead)[-1]
        assert event.verb == "conversation.referred"
        assert event.facts == {
            "channel": channel.pk,
            "message": message.pk,
            "source_id": "120",
            "source_type": "ad",
            "ctwa_clid": "clid",
        }


def test_files_are_asked_for_at_once_and_once(channel, workspace):
    photo = house.element("image", {"id": "MEDIA1", "mime_type": "image/jpeg", "caption": "miren"}, wamid="p")
    assert house.post(channel, photo).status_code == 200
    assert house.post(channel, photo).status_code == 200
    splitting.run()
    deliver(claim("now"))
    deliver(claim("now"))
    with scope(workspace):
        attachment = Attachment.objects.get()
        assert (attachment.provider_id, attachment.kind, attachment.state) == ("MEDIA1", "image", "waiting")
    assert Item.objects.get(kind="inbox.media").payload == {"attachment": attachment.pk}


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "x" * 4096,
        "\u202egnp.exe",
        "a\u200bb",
        "👨‍👩‍👧‍👦" * 500,
        "%s {} {{ 7*7 }}",
        "NUL\x00here",
    ],
)
def test_whatever_people_write_is_kept_as_they_wrote_it(channel, body):
    [message] = house.take_in(channel, house.text(body), name=body[:100])
    assert message.text == body.replace("\x00", "")


def test_a_part_that_cannot_be_taken_in_costs_its_neighbours_nothing(channel, monkeypatch):
    row = messages._row

    def poisoned(arrival, place, part, person, session):
        if part.text == "veneno":
            raise KeyError("a fault of ours")
        return row(arrival, place, part, person, session)

    monkeypatch.setattr(messages, "_row", poisoned)
    house.post(channel, house.text("antes"), house.text("veneno"), house.text("después"))
    house.work_off()
    item = Item.objects.get(kind="inbox.intake")
    assert item.state == "retry"
    for _ in range(3):
        Item.objects.update(due_at=timezone.now())
        house.work_off()
    assert [message.text for message in house.messages(channel)] == ["antes", "después"]
    item.refresh_from_db()
    assert (item.state, item.error_code) == (
        "failed",
        "KeyError",
    )  # the operator sees it, and can have it tried again
    monkeypatch.setattr(messages, "_row", row)
    work.retry(item)
    house.work_off()
    assert [message.text for message in house.messages(channel)] == ["antes", "veneno", "después"]


def test_what_concerns_the_account_goes_to_the_channels_kind(channel, post_kind, monkeypatch):
    heard = []
    monkeypatch.setattr(
        kinds.get("whatsapp"), "notice", lambda channel, part: heard.append(part), raising=False
    )
    update = {"event": "FLAGGED", "current_limit": "TIER_1K", "display_phone_number": "5550000001"}
    change = {"field": "phone_number_quality_update", "value": update}
    body = {"object": "whatsapp_business_account", "entry": [{"id": "WABA", "changes": [change]}]}
    with scope(channel.workspace_id):
        channel.account_id = "WABA"
        channel.save()
    house.post_raw(channel.app, json.dumps(body).encode())
    house.work_off()
    [part] = heard
    assert (part.what, part.event) == ("quality", "FLAGGED")


def test_a_known_persons_message_takes_few_queries(channel, workspace, django_assert_max_num_queries):
    house.take_in(channel, house.text("uno"))
    house.post(channel, house.text("dos"))
    splitting.run()
    item = Item.objects.get(kind="inbox.intake", state="queued")
    item.attempts = 1
    with scope(workspace), django_assert_max_num_queries(13):
        working.deliver(item)
