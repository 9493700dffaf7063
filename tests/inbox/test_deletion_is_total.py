"""One lead with something in every table that can hold anything of one: deleted, nothing of it is anywhere; its
personal data erased, what is left names nobody."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from crm.mail.models import Message as Mail
from crm.tenancy import scope
from crm.work import attempts
from crm.work.claims import claim
from crm.work.models import Item, State
from directory import custom
from directory.actions import custom as custom_values
from directory.actions import erasure, leads, merges, personal, placements, tags
from directory.models import (
    BulkRow,
    ContactPoint,
    CustomField,
    CustomKind,
    CustomValue,
    Event,
    ImportRow,
    Lead,
    Merge,
    Notification,
    NotificationSettings,
    Placement,
    SetAside,
)
from directory.notifications import consuming, digests
from inbox.actions import blocking, drafts, messages, notes, reading
from inbox.models import (
    AssignmentDecision,
    Attachment,
    Identity,
    IdentityKey,
    Message,
    Note,
    Session,
    WaitingLead,
)
from tests import cast, traces
from tests.directory import bulk as many
from tests.directory import house as directory
from tests.directory.importing import desk
from tests.inbox import house
from tests.inbox.assignment import house as assigning
from workspaces.errors import Refused
from workspaces.models import AuditEntry

NUMBER = 7391846205  # of the lead: nothing else has it
PHONE = "5215519283746"
MARKS = {
    "name": "Zenobiaqx",
    "city": "Ciudadqx",
    "notes": "Apuntesqx",
    "email": "correoqx@example.com",
    "phone": "19283746",
    "said": "quierosillonqx",
    "edited": "quieroazulqx",
    "answered": "respuestaqx",
    "file": "facturaqx",
    "content": "contenidoqx",
    "ours": "catalogoqx",
    "note": "notaqx",
    "draft": "borradorqx",
    "custom": "propioqx",
    "closing": "motivoqx",
    "reaction": "wamidreactionqx",
    "wamid": "wamidqx",
    "username": "usuarioqx",
    "referral": "clickqx",
    "imported": "municipioqx",
    "refused": "rechazadaqx",
    "double": "dobleqx",
    "double_email": "otrocorreoqx@example.com",
    "double_notes": "apuntesdedobleqx",
}
# The row that says who deleted number so-and-so, and the work that did it, which goes after WORK_KEEP_DAYS.
NUMBER_STAYS = {"workspaces_auditentry", "work_item"}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def number(db):
    """The next lead's."""
    sequence = "pg_get_serial_sequence('directory_lead', 'id')"
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM directory_lead")
        [(usual,)] = cursor.fetchall()
        cursor.execute(f"SELECT setval({sequence}, %s, false)", [NUMBER])
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT setval({sequence}, %s, false)", [usual])


def bulk():
    """All that the bulk queue has, due or not."""
    from django.db.models.functions import Now

    while True:
        Item.objects.filter(state__in=(State.QUEUED, State.RETRY)).update(due_at=Now())
        made = house.work_off()
        while (batch := claim("bulk")) and batch.items:
            made += attempts.deliver(batch)
        if not made:
            assert not Item.objects.filter(state=State.FAILED).exists()
            return


def consume():
    for event in Event.objects.order_by("pk"):
        consuming.handle(event)


@pytest.fixture
def zenobia(number, channel, workspace, owner, seller, other_seller):
    """Of whom there is something everywhere; beside Luis, who is in the same webhook and must keep what is his."""
    said = house.text(MARKS["said"], phone=PHONE, wamid=MARKS["wamid"])
    said["referral"] = {"source_type": "ad", "source_id": "77", "ctwa_clid": MARKS["referral"]}
    other = house.text("hola, soy Luis", phone="5215587654321", wamid="luis1")
    body = house.webhook(channel, said, other)
    body["entry"][0]["changes"][0]["value"]["contacts"] = [
        {"wa_id": PHONE, "profile": {"name": f"{MARKS['name']} Roble", "username": MARKS["username"]}},
        {"wa_id": "5215587654321", "profile": {"name": "Luis"}},
    ]
    assert house.post_raw(channel.app, json.dumps(body).encode()).status_code == 200
    house.work_off()
    with scope(workspace):
        lead = Lead.objects.get(pk=NUMBER)
        person = directory.grant(seller, by=owner, write_channel=[channel])
    edit = {
        "original_message_id": MARKS["wamid"],
        "message": {"type": "text", "text": {"body": MARKS["edited"]}},
    }
    house.take_in(channel, house.element("edit", edit, phone=PHONE, wamid=f"{MARKS['wamid']}2"))
    lost = {"message_id": MARKS["reaction"], "emoji": "👍"}
    house.take_in(channel, house.element("reaction", lost, phone=PHONE))
    house.take_in(
        channel, house.element("reaction", {"message_id": MARKS["wamid"], "emoji": "👍"}, phone=PHONE)
    )
    with scope(workspace):
        _describe(lead, owner, person, other_seller, workspace)
        ours = _converse(lead, owner, person, workspace)
        _decide(lead, owner)
    house.post(channel, house.status(ours, "sent", wamid=f"{MARKS['wamid']}3", recipient_id=PHONE))
    house.take_in(channel, house.text(MARKS["said"], phone=PHONE, wamid=f"{MARKS['wamid']}4"))
    with scope(workspace):
        consume()
        _sum_up(seller)
        _name_elsewhere(lead, workspace, owner)
        _act_on_many(lead, owner)
    _import(owner)
    with scope(workspace):
        _merge(lead, workspace, owner)
    return lead


def _describe(lead, owner, seller, other_seller, workspace):
    leads.edit(lead, by=owner, name=f"{MARKS['name']} Roble", notes=MARKS["notes"], city=MARKS["city"])
    leads.add_contact_point(lead, leads.email(MARKS["email"]), by=owner)
    tags.put_on(lead, directory.tag(workspace), by=owner)
    for kind, value in {
        CustomKind.TEXT: MARKS["custom"],
        CustomKind.PHONE: f"+{PHONE}",
        CustomKind.DATE: date(1987, 6, 5),
        CustomKind.NUMBER: Decimal("4271.1200"),
    }.items():
        CustomField.objects.create(label=kind, key=str(kind), kind=kind)
        [field] = [one for one in custom.fields() if one.kind == kind]
        custom_values.set_values(lead, {field: value}, by=owner)
    placements.assign(lead.pk, by=owner, to=other_seller)
    placements.assign(lead.pk, by=owner, to=seller)
    placements.set_value(lead.pk, by=owner, value=Decimal("1200.00"))
    placements.close(lead.pk, by=owner, outcome="lost", words=MARKS["closing"], again=True)
    placements.reopen(lead.pk, by=owner)


def _converse(lead, owner, seller, workspace):
    message = Message.objects.get(external_id=MARKS["wamid"])
    stored = default_storage.save(f"{workspace.pk}/inbox/secret", ContentFile(MARKS["content"].encode()))
    Attachment.objects.create(
        message=message, kind="document", name=f"{MARKS['file']}.pdf", file=stored, state="ready"
    )
    note = notes.write(lead, by=owner, text=f"{MARKS['note']} @[{seller.pk}]")
    notes.edit(note, by=owner, text=f"{MARKS['note']} otra vez @[{seller.pk}]")
    drafts.keep(lead, by=owner, text=MARKS["draft"])
    drafts.keep(lead, by=seller, text=MARKS["draft"], is_note=True)
    reading.mark_read(lead, by=owner, up_to=message.pk)
    session = Session.objects.get(identity__lead=lead)
    blocking.block(session.identity, by=owner)
    blocking.unblock(session.identity, by=owner)
    ours = messages.send(lead, by=owner, session=session, text=MARKS["answered"], reply_to=message)
    kept = default_storage.save(f"{workspace.pk}/inbox/ours", ContentFile(MARKS["content"].encode()))
    Attachment.objects.create(message=ours, kind="document", name=MARKS["ours"], file=kept, state="ready")
    return ours


def _decide(lead, owner):
    rule = assigning.rule(owner)
    WaitingLead.objects.create(lead=lead, rule=rule, trigger="message")
    AssignmentDecision.objects.create(
        lead=lead, rule=rule, policy="turns", trigger="message", reason="nobody"
    )


def _sum_up(person):
    """A summary by mail, which has left."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_placement SET waiting_since = now() WHERE lead_id = %s", [NUMBER])
    row = NotificationSettings.objects.create(
        membership=person, digest="daily", digest_due_at=timezone.now(), quiet=False
    )
    assert digests.send_due(row.pk, datetime(2027, 1, 13, 18, tzinfo=UTC))  # a Wednesday, at noon
    house.work_off()
    assert MARKS["name"] in Mail.objects.get(sent_at__isnull=False).content


def _name_elsewhere(lead, workspace, owner):
    """What names it in rows of others: a lead that may be the same person."""
    from directory.actions import events
    from directory.actors import CHANNEL
    from inbox.verbs import Verb

    twin = Lead.objects.get(name="Luis")
    facts = {"other": lead.pk, "by": "phone"}
    events.record(Placement.objects.get(pk=twin.pk), by=CHANNEL, verb=Verb.DUPLICATE_SUSPECTED, facts=facts)


def _act_on_many(lead, owner):
    """What a field held before stands in the row of an act."""
    [field] = [one for one in custom.fields() if one.kind == CustomKind.TEXT]
    others = list(Lead.objects.exclude(pk=lead.pk))
    given = {"field": field.pk, "label": field.label, "shown": "mayoreo", "value": "mayoreo"}
    act = many.do("field", [lead, *others], by=owner, **given)
    assert MARKS["custom"] in str(BulkRow.objects.get(act=act, lead=lead).before)


def _import(owner):
    """A row that changes the lead, one of it that is refused, and one of somebody else's."""
    rows = [
        f"{MARKS['name']} Roble,+{PHONE},{MARKS['imported']},12",
        f"{MARKS['refused']},+{PHONE},Puebla,no es un monto",
        "Luis,+5215587654321,Puebla,7",
    ]
    content = "\n".join(["Nombre,Teléfono,Ciudad,Valor", *rows]).encode()
    done = desk.run(desk.upload(owner, "clientes.csv", content), owner, rule="replace")
    assert desk.counts(done) == (0, 2, 0, 1)
    with scope(owner.workspace):
        assert ImportRow.objects.filter(lead=NUMBER).count() == 2
    with default_storage.open(done.refused_file) as file:
        assert MARKS["refused"].encode() in file.read()


def _merge(lead, workspace, owner):
    """A double, whose name and notes are kept in case it is undone; the tag of both is set aside."""
    double = directory.lead(
        workspace,
        name=MARKS["double"],
        email=MARKS["double_email"],
        tags=[one.tag for one in lead.lead_tags.all()],
    )
    Lead.objects.filter(pk=double.pk).update(notes=MARKS["double_notes"])
    merges.merge(Lead.objects.get(pk=lead.pk), double, by=owner, choices={"name": "kept"})
    assert MARKS["notes"] in str(Merge.objects.get().before)
    assert SetAside.objects.exists()


def test_the_lead_of_these_tests_is_everywhere(zenobia, workspace):
    """Else they would prove nothing."""
    found = traces.of(*MARKS.values(), NUMBER)
    assert {word for _table, word in found} == {*MARKS.values(), str(NUMBER)}
    tables = {table for table, word in found if word == str(NUMBER)}
    assert tables >= {
        *("directory_lead", "directory_placement", "directory_contactpoint", "directory_customvalue"),
        *("directory_event", "directory_leadtag", "directory_notification"),
        *("inbox_message", "inbox_identity", "inbox_note", "inbox_draft", "inbox_readmark", "inbox_heard"),
        *("inbox_assignmentdecision", "inbox_waitinglead", "work_item"),
        *("directory_bulkrow", "directory_importrow", "directory_merge"),
    }


def test_of_a_deleted_lead_nothing_is_left_anywhere(zenobia, channel, workspace, owner, media):
    with scope(workspace):
        erasure.begin(zenobia, by=owner)
    bulk()
    assert traces.of(*MARKS.values()) == set()
    assert {table for table, _word in traces.of(NUMBER)} <= NUMBER_STAYS
    assert [one for one in media.rglob("*") if one.is_file()] == []
    with scope(workspace):
        [luis] = Lead.objects.all()
        assert Message.objects.of_lead(luis).get().text == "hola, soy Luis"
        assert Identity.objects.get().lead_id == luis.pk
        assert AuditEntry.objects.get(verb="lead_erased").target == f"#{NUMBER}"
    kinds = Item.objects.filter(key=f"lead:{NUMBER}").values_list("kind", flat=True)
    assert set(kinds) <= {erasure.KIND_NAME}


def test_of_a_lead_whose_personal_data_are_erased_only_figures_are_left(
    zenobia, channel, workspace, owner, seller, media
):
    with scope(workspace):
        before = _figures(zenobia)
        personal.begin(zenobia, by=owner)
    at_once = {
        table for table, _word in traces.of(MARKS["name"], MARKS["city"], MARKS["notes"], MARKS["note"])
    }
    assert at_once <= {"directory_event", "inbox_rawrequest (encrypted)", "mail_message (encrypted)"}
    bulk()
    assert traces.of(*MARKS.values(), "1987-06-05", "4271.12") == set()
    assert [one for one in media.rglob("*") if one.is_file()] == []
    with scope(workspace):
        lead = Lead.objects.get(pk=NUMBER)
        assert (lead.name, lead.city, lead.notes) == (f"Persona borrada n.º {NUMBER}", "", "")
        assert _figures(lead) == before
        placement = Placement.objects.get(pk=NUMBER)
        assert (placement.waiting_since, placement.window_ends_at) == (None, None)
        verbs = directory.verbs_of(lead)
        assert verbs[-1] == "lead.personal_erased"
        assert {"lead.assigned", "lead.lost", "lead.edited", "contact_point.added"} <= set(verbs)
        assert {"bulk", "import", "row", "merge"} <= {
            key for one in Event.objects.filter(lead=lead) for key in one.facts
        }
        assert not Event.objects.filter(facts__has_key="file", lead=lead).exists()
        assert Event.objects.get(lead=lead, verb="lead.merged").changes["merged"][0] is None
        moved = Event.objects.filter(lead=lead, verb="lead.assigned").latest("id")
        assert moved.changes["assignee_id"][1] == seller.pk
        for model in (ContactPoint, CustomValue, IdentityKey, Notification, WaitingLead):
            assert not model.objects.filter(**_of(model, lead)).exists()
        entry = AuditEntry.objects.get(verb="personal_erased")
        assert (entry.target, entry.actor_id) == (f"#{NUMBER}", owner.user_id)
        with pytest.raises(Refused):
            personal.begin(lead, by=owner)
        with pytest.raises(Refused):
            messages.send(lead, by=owner, session=Session.objects.get(identity__lead=lead), text="?")
    _write_again(channel, workspace)


def _figures(lead):
    """What stays."""
    placement = Placement.objects.get(pk=lead.pk)
    said = Message.objects.of_lead(lead)
    return {
        "stands": (
            placement.stage_id,
            placement.assignee_id,
            placement.status,
            placement.value,
            placement.outcome,
        ),
        "when": (placement.created_at, placement.last_activity_at, placement.stage_since, lead.created_at),
        "messages": list(
            said.order_by("pk").values_list("direction", "kind", "sent_at", "author_id", "delivery")
        ),
        "notes": Note.objects.filter(lead=lead).count(),
        "tags": list(lead.lead_tags.values_list("tag__name", flat=True)),
        "decided": AssignmentDecision.objects.filter(lead=lead).count(),
    }


def _of(model, lead):
    return {"identity__lead": lead} if model is IdentityKey else {"lead": lead}


def _write_again(channel, workspace):
    """A replay of what they had said brings nobody back; what they say now is a new lead's."""
    again = timezone.now()
    house.take_in(channel, house.text("de vuelta", phone=PHONE, at=again.timestamp() + 5))
    house.take_in(channel, house.text(MARKS["said"], phone=PHONE, at=again.timestamp() - 600))
    with scope(workspace):
        new = Lead.objects.latest("pk")
        assert new.pk != NUMBER
        assert [one.text for one in Message.objects.of_lead(new)] == ["de vuelta"]
        assert not Message.objects.of_lead(Lead.objects.get(pk=NUMBER)).exclude(text="").exists()


def test_the_dialog_wants_the_name_typed_and_the_permission(zenobia, workspace, owner, seller):
    where = {"workspace_id": workspace.public_id, "pk": zenobia.pk}
    address = reverse("directory:lead_personal_erasure", kwargs=where)
    client = cast.signed_in(owner)
    assert f"{MARKS['name']} Roble" in client.get(address, headers=HTMX).content.decode()
    assert client.post(address, {"confirmation": "Zenobia"}, headers=HTMX).status_code == 422
    assert cast.signed_in(seller).post(address, headers=HTMX).status_code == 403
    word = {"confirmation": f"{MARKS['name']} Roble"}
    assert client.post(f"{address}?in=drawer", word, headers=HTMX).status_code == 204
    bulk()
    card = client.get(reverse("directory:lead", kwargs=where)).content.decode()
    thread = client.get(reverse("inbox:thread", kwargs=where)).content.decode()
    assert MARKS["name"] not in card + thread
    assert "Erased" in thread
    refused = client.post(address, {"confirmation": f"Persona borrada n.º {NUMBER}"}, headers=HTMX)
    assert refused.status_code == 422


def test_what_is_being_sent_while_personal_data_are_erased_ends_first(workspace, owner, post_kind, nudges):
    channel = house.channel(workspace, kind="post")
    with scope(workspace):
        lead = directory.lead(workspace)
        session = house.conversation(lead, channel)
        under_way = messages.send(lead, by=owner, session=session, text="uno")
        waiting = messages.send(lead, by=owner, session=session, text="dos")
    batch = claim("now")
    with scope(workspace):
        personal.begin(lead, by=owner)
        assert personal.exhaust(lead, [one.strip for one in erasure.erasure.participants()]).value == "wait"
    assert attempts.deliver(batch) == 1
    bulk()
    assert not Item.objects.filter(correlation__in=[under_way.uid.hex, waiting.uid.hex]).exists()
    with scope(workspace):
        assert set(Message.objects.values_list("text", flat=True)) == {""}
