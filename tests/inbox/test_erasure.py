"""A lead deleted for good: nothing of the person is left, nothing brings them back, who writes again is new."""

import json
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from crm.tenancy import scope
from crm.work import attempts
from crm.work.claims import claim
from crm.work.models import Item, State
from directory.actions import erasure, leads, placements, tags
from directory.erasure import Leads
from directory.models import ContactPoint, Lead, Placement, Tally
from inbox import forgetting
from inbox.actions import drafts, messages, reading, sessions
from inbox.channels.whatsapp.redacting import redact
from inbox.intake import locks
from inbox.journal import erasing as journal
from inbox.journal import splitting
from inbox.models import Attachment, ErasedSender, Identity, IdentityKey, Message, RawRequest, Session
from tests import cast
from tests.directory import house as directory
from tests.inbox import house
from workspaces.models import AuditEntry

PHONE, OTHER = "5215512345678", "5215587654321"
SECRETS = (
    "Zenobia",
    "5512345678",
    "12345678",
    "quiero el sillon",
    "calle Roble",
    "factura-roble",
    "prefiere azul",
)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def bulk():
    """All that the bulk queue has, due or not."""
    while True:
        Item.objects.filter(state__in=(State.QUEUED, State.RETRY)).update(due_at=Now())
        made = house.work_off()
        while (batch := claim("bulk")) and batch.items:
            made += attempts.deliver(batch)
        if not made:
            return


def everywhere(*words):
    """[(table, word)]: where one of them stands, in any column of any row, and in what is encrypted."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            for word in words:
                cursor.execute(
                    f'SELECT EXISTS (SELECT FROM "{table}" t WHERE t::text ILIKE %s)', [f"%{word}%"]
                )
                if cursor.fetchone()[0]:
                    found.append((table, word))
    for raw in RawRequest.objects.all():
        found += [("the journal", word) for word in words if word in raw.content.decode()]
    return found


@pytest.fixture
def zenobia(channel, workspace, owner, seller):
    """Somebody of whom there is something in every table; beside somebody else, in the same webhooks."""
    said = house.text("quiero el sillon", phone=PHONE, wamid="z1")
    other = house.text("hola, soy Luis", phone=OTHER, wamid="l1")
    body = house.webhook(channel, said, other)
    body["entry"][0]["changes"][0]["value"]["contacts"] = [
        {"wa_id": PHONE, "profile": {"name": "Zenobia Roble"}},
        {"wa_id": OTHER, "profile": {"name": "Luis"}},
    ]
    assert house.post_raw(channel.app, json.dumps(body).encode()).status_code == 200
    house.work_off()
    edit = {
        "original_message_id": "z1",
        "message": {"type": "text", "text": {"body": "quiero el sillon azul"}},
    }
    house.take_in(
        channel, house.text("mi número es 55 1234 5678", phone=PHONE, wamid="z2"), name="Zenobia Roble"
    )
    house.take_in(channel, house.element("edit", edit, phone=PHONE, wamid="z3"))
    house.take_in(channel, house.element("reaction", {"message_id": "nowhere", "emoji": "👍"}, phone=PHONE))
    with scope(workspace):
        lead = Lead.objects.get(name="Zenobia Roble")
        leads.edit(lead, by=owner, notes="vive en calle Roble", city="calle Roble")
        tags.put_on(lead, directory.tag(workspace), by=owner)
        placements.assign(lead.pk, by=owner, to=seller)
        message = Message.objects.get(external_id="z1")
        stored = default_storage.save(f"{workspace.pk}/inbox/secret", ContentFile(b"calle Roble"))
        Attachment.objects.create(
            message=message, kind="document", name="factura-roble.pdf", file=stored, state="ready"
        )
        drafts.keep(lead, by=owner, text="Zenobia, prefiere azul")
        reading.mark_read(lead, by=owner, up_to=message.pk)
        session = Session.objects.get(identity__lead=lead)
        ours = messages.send(lead, by=owner, session=session, text="Hola Zenobia", reply_to=message)
    house.post(channel, house.status(ours, "sent", wamid="wamid.ours"))
    return lead


def erase(lead, by):
    with scope(lead.workspace_id):
        erasure.begin([lead.pk], by=by)


def test_nothing_of_the_person_is_left_in_any_table_or_file(zenobia, channel, workspace, owner, media):
    word = {"confirmation": "Zenobia Roble"}
    address = reverse(
        "directory:lead_erasure", kwargs={"workspace_id": workspace.public_id, "pk": zenobia.pk}
    )
    assert everywhere(*SECRETS)
    client = cast.signed_in(owner)
    assert client.post(address, {"confirmation": "Zenobia"}, headers=HTMX).status_code == 422
    assert "Zenobia Roble" in client.get(address, headers=HTMX).content.decode()
    assert client.post(address, word, headers=HTMX).status_code == 204
    page = reverse("directory:lead", kwargs={"workspace_id": workspace.public_id, "pk": zenobia.pk})
    assert client.get(page).status_code == 404  # at once, before anything else has gone
    assert client.post(address, word, headers=HTMX).status_code == 404
    bulk()
    assert everywhere(*SECRETS) == []
    assert [one for one in media.rglob("*") if one.is_file()] == []
    with scope(workspace):
        assert not Lead.objects.filter(pk=zenobia.pk).exists()
        [entry] = AuditEntry.objects.filter(verb="lead_erased")
        assert (entry.target, entry.actor_id) == (f"#{zenobia.pk}", owner.user_id)
        luis = Lead.objects.get()
        assert luis.name == "Luis"
        assert directory.count(workspace, is_archived=False) == Tally.objects.total() == 1
    assert "hola, soy Luis" in "".join(raw.content.decode() for raw in RawRequest.objects.all())


def test_a_replay_brings_nobody_back_and_a_new_message_makes_a_new_lead(zenobia, channel, workspace, owner):
    erase(zenobia, owner)
    raws = list(RawRequest.objects.values_list("pk", flat=True))
    splitting.replay(raws)  # before the journal was gone through
    house.work_off()
    with scope(workspace):
        assert [lead.name for lead in Lead.objects.filter(placement__isnull=False)] == ["Luis"]
    bulk()
    splitting.replay(RawRequest.objects.values_list("pk", flat=True))
    bulk()
    with scope(workspace):
        assert [message.text for message in Message.objects.all()] == ["hola, soy Luis"]
    house.take_in(channel, house.text("soy yo otra vez", phone=PHONE, at=timezone.now().timestamp() + 5))
    late = house.text("quiero el sillon", phone=PHONE, wamid="z1", at=timezone.now().timestamp() - 600)
    house.take_in(channel, late)  # the provider brings it once more, a while later
    Item.objects.filter(kind="inbox.forget").delete()  # in the test all is of the same five minutes
    with scope(workspace):
        journal.forget(channel)
    bulk()
    with scope(workspace):
        new = Lead.objects.exclude(name="Luis").get()
        assert new.pk != zenobia.pk
        assert [message.text for message in Message.objects.of_lead(new)] == ["soy yo otra vez"]
        assert ContactPoint.objects.get(lead=new).match_key == "525512345678"
    assert everywhere("quiero el sillon") == []
    assert everywhere("soy yo otra vez")


def test_writing_first_to_them_again_does_not_bring_back_what_they_said(zenobia, channel, workspace, owner):
    with scope(workspace):
        old = RawRequest.objects.order_by("pk").first()
    erase(zenobia, owner)
    with scope(workspace):
        again = directory.lead(workspace, name="Zoe", phone=f"+{PHONE}")
        sessions.open_to(again, by=owner, channel=channel, point=again.contact_points.get())
    splitting.replay([old.pk])
    house.work_off()
    with scope(workspace):
        assert not Message.objects.of_lead(again).exists()


def test_what_waits_to_be_sent_is_discarded_and_what_is_being_sent_ends_quietly(
    workspace, owner, post_kind, nudges
):
    channel = house.channel(workspace, kind="post")
    with scope(workspace):
        lead = directory.lead(workspace)
        session = house.conversation(lead, channel)
        under_way = messages.send(lead, by=owner, session=session, text="uno")
        waiting = messages.send(lead, by=owner, session=session, text="dos")
    batch = claim("now")
    assert [item.correlation for item in batch.items] == [under_way.uid.hex]
    erase(lead, owner)
    assert Item.objects.get(correlation=waiting.uid.hex).state == State.DISCARDED
    with scope(workspace):
        assert erasure.erasure.participants()[0].erase(Leads(lead.workspace_id, [lead.pk])).value == "wait"
    assert attempts.deliver(batch) == 1
    bulk()
    assert post_kind.sent == []  # it had not yet reached the provider: it is looked up again just before
    assert not Item.objects.filter(kind="inbox.send").exclude(state=State.FAILED).exists()
    with scope(workspace):
        assert not Message.objects.exists()


def test_a_long_thread_goes_in_batches_by_the_index(workspace, owner, channel, monkeypatch):
    with scope(workspace):
        lead = directory.lead(workspace)
        session = house.conversation(lead, channel)
        said = {
            "lead": lead,
            "channel": channel,
            "identity": session.identity,
            "session": session,
            "kind": "text",
        }
        rows = [Message(direction="in", sent_at=timezone.now(), text="x", **said) for _ in range(2500)]
        Message.objects.bulk_create(rows)
        first = Message.objects.order_by("id").first()
        Message.objects.order_by("-id")[:1].get()
        Message.objects.filter(pk__gt=first.pk).update(reply_to=first)
        Message.objects.filter(pk=first.pk).update(reply_to=rows[-1])
    erase(lead, owner)
    monkeypatch.setattr(erasure, "STEP", 0)
    bulk()
    assert Item.objects.filter(kind="directory.erasure").count() == 5
    with scope(workspace):
        assert not Message.objects.exists()
        assert not Lead.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'inbox_message'")
        indexes = str(cursor.fetchall())  # by which whatever names a message's identity and session finds it
        for column in ("identity_id", "session_id"):
            assert f"(workspace_id, {column}" in indexes


def test_where_a_merge_is_under_way_the_dialog_says_so(channel, workspace, owner):
    house.take_in(channel, house.text("hola", phone=PHONE), name="Marta")
    with scope(workspace):
        lead = Lead.objects.get()
        Lead.objects.update(merging_since=timezone.now())
    address = reverse("directory:lead_erasure", kwargs={"workspace_id": workspace.public_id, "pk": lead.pk})
    answer = cast.signed_in(owner).post(address, {"confirmation": "Marta"}, headers=HTMX)
    assert answer.status_code == 422
    assert "A merge of this lead is still under way" in answer.content.decode()
    with scope(workspace):
        assert Placement.objects.filter(pk=lead.pk).exists()
        assert IdentityKey.objects.exists(), "what had been begun is taken back"


def test_who_may_not_delete_or_does_not_see_it_cannot(workspace, owner, seller, other_seller, channel):
    with scope(workspace):
        lead = directory.lead(workspace, assignee=other_seller)
        with pytest.raises(PermissionDenied):
            erasure.begin([lead.pk], by=other_seller)
        seller.tools = ["directory.erase_leads"]
        with pytest.raises(Placement.DoesNotExist):
            erasure.begin([lead.pk], by=seller)
        assert Placement.objects.filter(pk=lead.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_message_at_the_same_moment_is_deleted_or_makes_a_new_lead(channel, workspace, owner):
    """It arrives while the deletion holds the names: it waits, and is the first of a new lead."""
    house.take_in(channel, house.text("uno", phone=PHONE))
    with scope(workspace):
        lead = Lead.objects.get()
        held, arrived = threading.Event(), threading.Event()
    house.post(channel, house.text("dos", phone=PHONE, at=timezone.now().timestamp() + 30))
    splitting.run()

    def take_in():
        held.wait(5)
        arrived.set()
        house.work_off()
        connection.close()

    worker = threading.Thread(target=take_in)
    worker.start()
    with scope(workspace), transaction.atomic():
        locks.take([locks.identity(channel.pk, f"wa:{PHONE}")])
        held.set()
        arrived.wait(5)
        erasure.begin([lead.pk], by=owner)
    worker.join(20)
    RawRequest.objects.update(received_at=Now() + timedelta(seconds=30))
    bulk()
    with scope(workspace):
        assert Lead.objects.filter(pk=lead.pk).count() == 0
        texts = list(Message.objects.values_list("text", flat=True))
    assert texts == []  # it had arrived before they were deleted


def test_a_body_loses_one_person_of_one_number_only(channel):
    mine = house.webhook(channel, house.text("a", phone=PHONE), house.text("b", phone=OTHER))
    foreign = json.loads(json.dumps(mine))
    foreign["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "elsewhere"
    mine["entry"] += foreign["entry"]
    left = json.loads(redact(json.dumps(mine).encode(), channel.external_id, frozenset({PHONE})))
    bodies = [
        [one["text"]["body"] for one in entry["changes"][0]["value"]["messages"]] for entry in left["entry"]
    ]
    assert bodies == [["b"], ["a", "b"]]
    alone = house.webhook(channel, house.text("a", phone=PHONE))
    assert redact(json.dumps(alone).encode(), channel.external_id, frozenset({PHONE})) is None


def test_hashes_go_when_the_journal_cannot_bring_anybody_back(workspace, channel, settings):
    with scope(workspace):
        forgetting.remember(
            channel.pk, ["a"], at=timezone.now() - timedelta(days=settings.JOURNAL_KEEP_DAYS + 9)
        )
        forgetting.remember(channel.pk, ["b"], at=timezone.now() - timedelta(days=settings.JOURNAL_KEEP_DAYS))
        assert forgetting.sweep() == 1
        assert ErasedSender.objects.get().digest == forgetting.digest(channel.pk, "b")
        assert not Identity.objects.exists()
