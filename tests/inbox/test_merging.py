"""What was said goes with two leads that become one, and comes back; nothing is lost, doubled or put out of order."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm.tenancy import scope
from crm.work.attempts import deliver
from crm.work.claims import claim
from crm.work.models import Item
from directory import tallies
from directory.actions import merges, splits
from directory.merging import moving
from directory.models import Event, Lead, Merge, MovedRows, Placement
from inbox.actions import messages, notes, sessions
from inbox.models import Draft, Identity, IdentityKey, Message, Note, ReadMark, Session
from tests.directory import house as directory
from tests.inbox import house
from tests.inbox.conversations import talks
from workspaces.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def channel(workspace):
    return house.channel(workspace)


@pytest.fixture
def pair(workspace, channel, seller):
    """Two leads of one person: each wrote from a number of its own, and was answered in turn."""
    began = timezone.now() - timedelta(hours=3)
    with scope(workspace):
        kept = talks.talk(
            workspace, channel, "uno", ">dos", "cinco", name="Marta", at=began + timedelta(minutes=30)
        )
        gone = talks.talk(
            workspace, channel, "tres", ">cuatro", "seis", name="Marta R", at=began + timedelta(minutes=50)
        )
        return kept, gone


def _said(lead):
    return [one.text for one in Message.objects.of_lead(lead).oldest_first()]


def _state(lead):
    at = Placement.objects.get(pk=lead.pk)
    return {one.attname: getattr(at, one.attname) for one in Placement._meta.local_concrete_fields}


def _unread(lead, person):
    from inbox.conversations import unread

    found = unread.first(lead, person, page=30)
    return found and Message.objects.get(pk=found.pk).text


def test_one_thread_in_the_order_of_time_and_two_again(workspace, owner, pair):
    kept, gone = pair
    with scope(workspace):
        before = [(_state(lead), _said(lead)) for lead in pair]
        made = merges.merge(kept, gone, by=owner)
        assert _said(kept) == sorted(_said(kept), key=lambda text: Message.objects.get(text=text).sent_at)
        assert len(_said(kept)) == 6
        assert _said(gone) == []
        at = Placement.objects.get(pk=kept.pk)
        last = Message.objects.get(text="seis")
        assert (at.last_message_id, at.last_inbound_id, at.last_activity_at) == (
            last.pk,
            last.pk,
            last.sent_at,
        )
        assert at.waiting_since == Message.objects.get(text="cinco").sent_at  # who waits longest of the two
        splits.split(made, by=owner)
        assert [(_state(lead), _said(lead)) for lead in pair] == before
        assert tallies.drift(workspace.pk) == {}


def test_a_large_thread_moves_in_batches_and_says_that_it_does(workspace, owner, pair, monkeypatch):
    kept, gone = pair
    monkeypatch.setattr(moving, "BATCH", 2)
    with scope(workspace):
        for number in range(7):
            talks.say(gone, f"más {number}")
        late = Message.objects.get(text="cuatro")
        Message.objects.filter(pk=late.pk).update(delivery="queued")
        before = [(_state(lead), _said(lead)) for lead in pair]
        made = merges.merge(kept, gone, by=owner)
        assert Lead.objects.get(pk=kept.pk).merging_since is not None
        moved = set(Message.objects.of_lead(kept).values_list("text", flat=True))
        assert {"más 6", "cuatro"} < moved
        assert "más 0" not in moved
        for act in (
            lambda: splits.split(made, by=owner),
            lambda: merges.merge(directory.lead(workspace), kept, by=owner),
        ):
            with pytest.raises(Refused, match="under way"):
                act()
    house.post(channel_of(workspace), house.status(late.external_id, "read"))
    house.work_off()
    _rest()
    with scope(workspace):
        assert Merge.objects.get().state == "done"
        assert Lead.objects.get(pk=kept.pk).merging_since is None
        assert len(_said(kept)) == 13
        assert _said(gone) == []
        assert Message.objects.get(pk=late.pk).delivery == "read"
        recorded = [pk for row in MovedRows.objects.filter(table="inbox.Message") for pk in row.ids]
        assert len(recorded) == len(set(recorded)) == 10
        splits.split(Merge.objects.get(), by=owner)
        assert Merge.objects.get().state == "splitting"
    _rest()
    with scope(workspace):
        Message.objects.filter(pk=late.pk).update(delivery="queued")
        assert Merge.objects.get().state == "undone"
        assert [(_state(lead), _said(lead)) for lead in pair] == before


def _rest():
    """What the worker of large work does: the rest of the rows."""
    while (batch := claim("bulk")) and batch.items:
        deliver(batch)


def channel_of(workspace):
    with scope(workspace):
        return Identity.objects.select_related("channel__app").first().channel


def test_a_status_of_what_has_not_moved_yet_is_not_lost(workspace, owner, pair, channel, monkeypatch):
    kept, gone = pair
    with scope(workspace):
        old = Message.objects.get(text="cuatro")
        merges.merge(kept, gone, by=owner)
        Message.objects.filter(pk=old.pk).update(lead=gone)  # as if its batch were still to come
    house.post(channel, house.status(old.external_id, "read"))
    house.work_off()
    with scope(workspace):
        assert Message.objects.get(pk=old.pk).delivery == "read"


def test_what_comes_later_follows_its_identity(workspace, owner, seller, pair, channel):
    kept, gone = pair
    with scope(workspace):
        number = IdentityKey.objects.get(identity__lead=gone).key.partition(":")[2]
        made = merges.merge(kept, gone, by=owner)
    house.take_in(channel, house.text("después", phone=number))
    with scope(workspace):
        assert "después" in _said(kept)
        session = Session.objects.get(identity__keys__key=f"wa:{number}")
        messages.send(kept, by=owner, session=session, text="respuesta")
        item = Item.objects.get(kind="inbox.send")
        assert item.key == f"lead:{kept.pk}"
        notes.write(kept, by=owner, text="una nota")
        splits.split(made, by=owner)
        assert _said(gone)[-2:] == ["después", "respuesta"]
        assert "después" not in _said(kept)
        assert Item.objects.get(pk=item.pk).key == f"lead:{gone.pk}"
        assert Note.objects.get().lead_id == kept.pk
        assert Merge.objects.get().stayed == {"inbox.Note": 1, "fields": []}
        at = Placement.objects.get(pk=gone.pk)
        assert Message.objects.get(pk=at.last_message_id).text == "respuesta"
        assert at.waiting_since is None
        assert Placement.objects.get(pk=kept.pk).waiting_since is not None


def test_what_waits_to_be_sent_goes_out_in_one_line(workspace, owner, pair):
    kept, gone = pair
    with scope(workspace):
        session = Session.objects.get(identity__lead=gone)
        first = messages.send(gone, by=owner, session=session, text="antes")
        merges.merge(kept, gone, by=owner)
        messages.send(kept, by=owner, session=session, text="después")
        items = Item.objects.filter(kind="inbox.send").order_by("id")
        assert [item.key for item in items] == [f"lead:{kept.pk}"] * 2
        assert Message.objects.get(pk=first.pk).lead_id == kept.pk


def test_whoever_had_not_read_one_has_not_read_the_one(workspace, owner, seller, pair):
    kept, gone = pair
    with scope(workspace):
        ends = {lead: Message.objects.of_lead(lead).order_by("-id").first().pk for lead in pair}
        for person, read in ((owner, pair), (seller, (kept,))):
            for lead in read:
                ReadMark.objects.create(membership=person, lead=lead, message_id=ends[lead])
        was = sorted(ReadMark.objects.values_list("membership", "lead", "message_id"))
        made = merges.merge(kept, gone, by=owner)
        assert _unread(kept, owner) is None
        assert _unread(kept, seller) == "tres"
        splits.split(made, by=owner)
        assert sorted(ReadMark.objects.values_list("membership", "lead", "message_id")) == was


def test_what_is_once_of_each_stays_once(workspace, owner, pair):
    """Drafts, and what the composer called two messages by one id."""
    kept, gone = pair
    with scope(workspace):
        for lead, text in ((kept, "viejo"), (gone, "nuevo")):
            Draft.objects.create(membership=owner, lead=lead, text=text)
        same = "11111111-1111-4111-8111-111111111111"
        Message.objects.filter(text__in=["dos", "cuatro"]).update(client_id=same)
        made = merges.merge(kept, gone, by=owner)
        assert Draft.objects.get().text == "nuevo"
        assert Message.objects.filter(client_id=same).count() == 1
        splits.split(made, by=owner)
        assert dict(Draft.objects.values_list("lead", "text")) == {kept.pk: "viejo", gone.pk: "nuevo"}


def test_two_people_merge_the_same_pair_at_once(workspace, owner, admin, pair):
    kept, gone = pair
    together = threading.Barrier(2)

    def run(by, one, other):
        try:
            with scope(workspace):
                together.wait(10)
                merges.merge(one, other, by=by)
            return "merged"
        except Refused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(run, owner, kept, gone), pool.submit(run, admin, gone, kept)]
        assert sorted(one.result() for one in done) == ["merged", "refused"]
    with scope(workspace):
        assert Merge.objects.count() == 1
        assert Message.objects.filter(lead__placement__isnull=False).count() == 6


def test_messages_that_arrive_while_leads_merge_and_split_are_each_there_once(
    workspace, owner, pair, channel
):
    """A customer of each writes on, while the two become one and two again, over and over."""
    kept, gone = pair
    with scope(workspace):
        numbers = [key.key.partition(":")[2] for key in IdentityKey.objects.order_by("id")]
    sent = {number: [] for number in numbers}
    over = threading.Event()

    def write(number):
        try:
            while not over.is_set():
                text = f"{number}:{len(sent[number])}"
                house.post(channel, house.text(text, phone=number))
                sent[number].append(text)
                house.work_off()
        finally:
            connection.close()

    def change():
        try:
            for _turn in range(6):
                with scope(workspace):
                    made = merges.merge(kept, gone, by=owner)
                    time.sleep(0.02)
                    splits.split(Merge.objects.get(pk=made.pk), by=owner)
        finally:
            over.set()
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        others = [pool.submit(write, number) for number in numbers]
        pool.submit(change).result()
        for one in others:
            one.result()
    _settle()
    with scope(workspace):
        for number, lead in zip(numbers, (kept, gone), strict=True):
            there = [text for text in _said(lead) if text.startswith(number)]
            assert sorted(there) == sorted(sent[number])
            assert not [text for text in _said(lead) if ":" in text and not text.startswith(number)]
        assert Lead.objects.count() == 2
        assert tallies.drift(workspace.pk) == {}
        for lead in pair:
            at = Placement.objects.get(pk=lead.pk)
            heard = Message.objects.of_lead(lead).filter(direction="in")
            assert at.last_inbound_id == max(heard.values_list("pk", flat=True))


def _settle():
    """What failed for a moment (a deadlock, a lead that was gone) is tried again."""
    for _turn in range(20):
        with transaction.atomic():
            Item.objects.filter(state="retry").update(due_at=timezone.now())
        house.work_off()
        if not Item.objects.filter(kind="inbox.intake").exclude(state__in=("sent", "discarded")).exists():
            return
    raise AssertionError(
        list(Item.objects.filter(kind="inbox.intake").exclude(state="sent").values("state", "error"))
    )


def test_a_conversation_is_not_opened_with_a_lead_that_was_merged_meanwhile(workspace, owner, pair, channel):
    kept, gone = pair
    with scope(workspace):
        from directory.actions import leads

        leads.add_contact_point(gone, leads.phone("+52 55 8765 4321", region="MX"), by=owner)
        point = gone.contact_points.get()
        merges.merge(kept, gone, by=owner)
        with pytest.raises(Placement.DoesNotExist):
            sessions.open_to(gone, by=owner, channel=channel, point=point)
        assert not Event.objects.filter(lead=gone).exists()
