"""From the composer to the provider and back: what may be sent, once, and what becomes of it."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.tenancy import scope
from crm.work.models import Item, Lane
from directory.models import Placement
from inbox.actions import messages, sessions
from inbox.models import Attachment, Delivery, Draft, IdentityKey, Message, ParkedStatus
from inbox.sending import courtesies
from tests.directory import house as directory
from tests.inbox import house
from workspaces.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(workspace, nudges, post_kind):
    return house.channel(workspace, kind="post", app=None)


@pytest.fixture
def session(channel, workspace, seller):
    with scope(workspace):
        lead = directory.lead(workspace, assignee=seller)
        yield house.conversation(lead, channel)


@pytest.fixture
def lead(session):
    return session.identity.lead


def again(message):
    return Message.objects.get(pk=message.pk)


def due():
    Item.objects.update(due_at=timezone.now())
    Lane.objects.update(parked_until=None)
    return house.work_off()


def test_a_reply_is_a_row_at_once_and_sent_after(
    lead, session, owner, post_kind, django_assert_max_num_queries
):
    directory.place(lead, waiting_since=timezone.now(), last_inbound_at=timezone.now() - timedelta(minutes=5))
    Draft.objects.create(membership=owner, lead=lead, text="Claro qu")
    Lane.objects.create(kind="inbox.send", key=f"channel:{session.channel_id}", rate=80, burst=80, tokens=80)
    with django_assert_max_num_queries(8 + 4):  # two savepoints, begun and ended
        message = messages.send(lead, by=owner, session=session, text="  Claro que sí ")
    assert (message.text, message.delivery, message.author) == ("Claro que sí", "queued", owner)
    placement = Placement.objects.get()
    assert (placement.waiting_since, placement.last_message_id) == (None, message.pk)
    assert not Draft.objects.exists()

    house.work_off()
    assert post_kind.sent == ["Claro que sí"]
    message = again(message)
    assert (message.delivery, message.external_id) == ("sent", f"post.{message.uid.hex}.1")


def test_posted_twice_it_is_one_message(lead, session, owner, post_kind):
    client_id = uuid.uuid4()
    first, second = (
        messages.send(lead, by=owner, session=session, text="una", client_id=client_id) for _ in range(2)
    )
    house.work_off()
    assert (first, post_kind.sent) == (second, ["una"])


def test_messages_to_one_person_leave_in_their_order(lead, session, owner, post_kind):
    for number in range(5):
        messages.send(lead, by=owner, session=session, text=str(number))
    house.work_off()
    assert post_kind.sent == list("01234")


def test_what_was_said_on_another_channel_is_not_quoted(lead, session, workspace, owner):
    elsewhere = house.conversation(lead, house.channel(workspace, kind="post", app=None))
    there = messages.send(lead, by=owner, session=elsewhere, text="allá")
    here = messages.send(lead, by=owner, session=session, text="acá", reply_to=there)
    assert here.reply_to is None
    assert messages.send(lead, by=owner, session=session, text="sí", reply_to=here).reply_to == here


def test_when_the_window_is_closed_only_a_template_is_taken(lead, session, owner):
    session.window_ends_at = timezone.now() - timedelta(seconds=1)
    session.save()
    with pytest.raises(Refused, match=r"Post does not let you write after 24 h\. Choose a template\."):
        messages.send(lead, by=owner, session=session, text="hola")
    messages.send(lead, by=owner, session=session, kind="template", data={"template": {"name": "saludo"}})


def test_a_window_that_closes_in_the_queue_fails_with_its_reason(lead, session, owner, post_kind):
    message = messages.send(lead, by=owner, session=session, text="hola")
    session.window_ends_at = timezone.now() - timedelta(seconds=1)
    session.save()
    house.work_off()
    message = again(message)
    assert (message.delivery, message.error_code) == ("failed", "window")
    assert "Choose a template" in message.error
    assert post_kind.sent == []
    with pytest.raises(Refused):
        messages.retry(message, by=owner)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"text": " "}, "Write something"),
        ({"text": "x" * 101}, "101 characters; at most 100"),
        ({"kind": "buttons", "text": "¿?", "data": {"buttons": [{}] * 4}}, "From one to 3"),
        ({"kind": "list", "text": "¿?", "data": {"rows": [{}]}}, "From one to 0|At most 0"),
        ({"kind": "image", "text": "sin archivo"}, "one file"),
    ],
)
def test_what_the_channel_does_not_take_is_refused(lead, session, owner, content, words):
    with pytest.raises(Refused, match=words):
        messages.send(lead, by=owner, session=session, **content)


def test_files_within_the_channels_limits_and_only_ones_own(lead, session, owner, seller, workspace):
    def upload(by, size=500, mime="image/png", kind="image"):
        return Attachment.objects.create(
            workspace=workspace, kind=kind, mime=mime, size=size, uploaded_by_id=by.pk, state="ready"
        )

    fits = upload(owner)
    message = messages.send(lead, by=owner, session=session, kind="image", text="miren", attachments=[fits])
    assert list(message.attachments.all()) == [fits]
    for wrong in (upload(owner, size=1001), upload(owner, size=2001, mime="image/bmp"), upload(seller)):
        with pytest.raises(Refused):
            messages.send(lead, by=owner, session=session, kind="image", attachments=[wrong])
    fits.refresh_from_db()
    with pytest.raises(Refused, match="sent already"):
        messages.send(lead, by=owner, session=session, kind="image", attachments=[fits])


def test_a_seller_writes_to_leads_they_see_from_channels_they_were_given(
    lead, session, channel, owner, seller, other_seller
):
    with pytest.raises(Refused, match="may not write from this channel"):
        messages.send(lead, by=seller, session=session, text="hola")
    granted = directory.grant(seller, by=owner, write_channel=[channel])
    messages.send(lead, by=granted, session=session, text="hola")
    stranger = directory.grant(other_seller, by=owner, write_channel=[channel])
    with pytest.raises(Placement.DoesNotExist):
        messages.send(lead, by=stranger, session=session, text="hola")


def test_a_channel_that_was_cut_off_takes_nothing(lead, session, channel, owner, post_kind):
    waiting = messages.send(lead, by=owner, session=session, text="uno")
    channel.state = "disconnected"
    channel.save()
    house.work_off()
    assert (again(waiting).delivery, again(waiting).error_code) == ("failed", "disconnected")
    with pytest.raises(Refused, match="disconnected"):
        messages.send(lead, by=owner, session=session, text="dos")


def test_a_refusal_is_shown_and_sent_again_only_by_a_person(lead, session, owner, post_kind):
    post_kind.fails("They blocked us.", permanent=True, code="131026")
    message = messages.send(lead, by=owner, session=session, text="hola")
    due()
    message = again(message)
    assert (message.delivery, message.error_code, message.error) == ("failed", "131026", "They blocked us.")
    assert due() == 0
    post_kind.error = None
    messages.retry(message, by=owner)
    assert again(message).delivery == Delivery.QUEUED
    due()
    assert (again(message).delivery, post_kind.sent) == ("sent", ["hola"])
    with pytest.raises(Refused):
        messages.retry(again(message), by=owner)


def test_who_got_no_answer_since_it_failed_waits_again(lead, session, owner, post_kind):
    asked = timezone.now() - timedelta(minutes=5)
    directory.place(lead, waiting_since=asked, last_inbound_at=asked)
    post_kind.fails(permanent=True)
    message = messages.send(lead, by=owner, session=session, text="hola")
    assert Placement.objects.get().waiting_since is None
    house.work_off()
    assert Placement.objects.get().waiting_since == asked
    post_kind.error = None
    messages.retry(again(message), by=owner)
    assert Placement.objects.get().waiting_since is None
    house.work_off()
    post_kind.fails(permanent=True)
    messages.send(lead, by=owner, session=session, text="y otra cosa")
    house.work_off()
    assert Placement.objects.get().waiting_since is None  # the first answer they have


def test_what_may_pass_is_tried_again_and_then_failed_for_all_to_see(lead, session, owner, post_kind):
    post_kind.fails("Busy.", code="http 503")
    message = messages.send(lead, by=owner, session=session, text="hola")
    for _ in range(7):
        due()
        assert again(message).delivery == Delivery.QUEUED
    due()
    assert (again(message).delivery, again(message).error_code) == ("failed", "http 503")


def test_silence_is_not_sent_again_until_a_person_says_so(lead, session, owner, post_kind):
    post_kind.fails("Silence.", unknown=True, code="silence")
    message = messages.send(lead, by=owner, session=session, text="¿llegó?")
    behind = messages.send(lead, by=owner, session=session, text="después")
    due()
    post_kind.error = None
    due()
    assert (again(message).delivery, again(behind).delivery, post_kind.sent) == ("unknown", "queued", [])
    messages.retry(again(message), by=owner)
    due()
    assert post_kind.sent == ["¿llegó?", "después"]


def test_a_person_may_say_that_it_arrived_or_give_it_up(lead, session, owner, post_kind):
    post_kind.fails("Silence.", unknown=True)
    first = messages.send(lead, by=owner, session=session, text="uno")
    due()
    messages.settle_by_hand(again(first), by=owner)
    assert again(first).delivery == Delivery.SENT
    with pytest.raises(Refused):
        messages.settle_by_hand(again(first), by=owner)
    second = messages.send(lead, by=owner, session=session, text="dos")
    third = messages.send(lead, by=owner, session=session, text="tres")
    due()
    messages.give_up(again(second), by=owner)
    post_kind.error = None
    due()
    assert again(second).delivery == Delivery.FAILED
    assert (again(third).delivery, post_kind.sent) == ("sent", ["tres"])


def test_one_writes_first_to_a_number_and_the_answer_finds_the_lead(workspace, owner, nudges):
    whatsapp = house.channel(workspace)
    with scope(workspace):
        lead = directory.lead(workspace, name="Marta", phone="+52 55 1234 5678")
        session = sessions.open_to(lead, by=owner, channel=whatsapp, point=lead.contact_points.get())
        assert sessions.open_to(lead, by=owner, channel=whatsapp, point=lead.contact_points.get()) == session
        with pytest.raises(Refused, match="Choose a template"):
            messages.send(lead, by=owner, session=session, text="hola")
        assert IdentityKey.objects.get().key == "wa:525512345678"
    [message] = house.take_in(whatsapp, house.text("hola", phone="5215512345678"))
    assert (message.lead_id, message.session_id) == (lead.pk, session.pk)


def test_marks_are_told_once_and_never_late(lead, session, channel, post_kind):
    incoming = Message.objects.create(
        lead=lead,
        channel=channel,
        identity=session.identity,
        session=session,
        direction="in",
        kind="text",
        external_id="x",
        sent_at=timezone.now(),
    )
    courtesies.seen(incoming)
    courtesies.seen(incoming)
    courtesies.typing(incoming)
    house.work_off()
    assert sorted(post_kind.marks) == [(incoming.pk, False), (incoming.pk, True)]
    courtesies.typing(incoming)
    Item.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    house.work_off()
    assert len(post_kind.marks) == 2


def test_statuses_that_overtake_the_answer_are_applied_when_it_is_saved(
    lead, session, channel, owner, post_kind
):
    message = messages.send(lead, by=owner, session=session, text="hola")
    reference = f"post.{message.uid.hex}.1"
    for status in ("read", "delivered"):
        ParkedStatus.objects.create(channel=channel, external_id=reference, status=status, at=timezone.now())
    house.work_off()
    assert again(message).delivery == Delivery.READ
    assert not ParkedStatus.objects.exists()


def test_an_error_nobody_foresaw_is_a_failure_like_any_other(lead, session, owner, post_kind, monkeypatch):
    def broken(message, *, attempt=1):
        raise KeyError("token")

    monkeypatch.setattr(post_kind, "send", broken)
    message = messages.send(lead, by=owner, session=session, text="hola")
    for _ in range(8):
        due()
    assert again(message).delivery == Delivery.FAILED
