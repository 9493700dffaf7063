"""A lead with something in every table that can hold anything of one; its marks stand nowhere else."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from crm.mail.models import Message as Mail
from crm.tenancy import scope
from directory import custom
from directory.actions import custom as custom_values
from directory.actions import leads, merges, placements, tags
from directory.models import (
    BulkRow,
    CustomField,
    CustomKind,
    Event,
    ImportRow,
    Lead,
    Merge,
    NotificationSettings,
    Placement,
    SetAside,
)
from directory.notifications import consuming, digests
from inbox.actions import blocking, drafts, messages, notes, reading
from inbox.models import (
    AssignmentDecision,
    Attachment,
    Message,
    Session,
    WaitingLead,
)
from tests.directory import bulk as many
from tests.directory import house as directory
from tests.directory.importing import desk
from tests.inbox import house
from tests.inbox.assignment import house as assigning

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


def make(channel, workspace, owner, seller, other_seller):
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


def consume():
    for event in Event.objects.order_by("pk"):
        consuming.handle(event)


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
