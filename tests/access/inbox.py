"""Conversations. The lead of each row is assigned to the seller with the grant: the other seller does not see it."""

from django.utils import timezone

from crm.tenancy import scope
from directory.models import Placement
from inbox.models import (
    AssignmentDecision,
    AssignmentRule,
    Attachment,
    Channel,
    Identity,
    Message,
    Note,
    SavedView,
    Session,
    Template,
)
from tests.access.rows import ADMINS, EVERYONE, Actor, Row, World
from tests.directory import house as leads

OTHERS = frozenset({Actor.SELLER})
SEEN = EVERYONE - OTHERS
WRITER = frozenset({Actor.GRANTED})


def talk(world: World) -> dict[str, object]:
    """A lead with a message of theirs and one of ours that failed."""
    lead = leads.lead(world.workspace, assignee=world.granted)
    channel = Channel.objects.create(kind="whatsapp", name="Ventas", external_id=f"PN{lead.pk}")
    identity = Identity.objects.create(lead=lead, channel=channel)
    session = Session.objects.create(identity=identity, channel=channel, window_ends_at=timezone.now())
    said = {"lead": lead, "channel": channel, "identity": identity, "session": session, "kind": "text"}
    theirs = Message.objects.create(direction="in", text="Hola", sent_at=timezone.now(), **said)
    Message.objects.create(direction="out", delivery="failed", sent_at=timezone.now(), **said)
    Placement.objects.filter(pk=lead.pk).update(last_message_id=theirs.pk, last_inbound_id=theirs.pk)
    return {"pk": lead.pk}


def message(world: World) -> dict[str, object]:
    found = talk(world)
    return {**found, "message": Message.objects.get(lead_id=found["pk"], direction="out").pk}


def note(world: World) -> dict[str, object]:
    """Of the seller with the grant: others read it, and may not change it."""
    found = talk(world)
    written = Note.objects.create(lead_id=found["pk"], author=world.granted, text="Pide factura")
    return {**found, "note": written.pk}


def sender(world: World) -> dict[str, object]:
    found = talk(world)
    return {**found, "identity": Identity.objects.get(lead_id=found["pk"]).pk}


def template(world: World) -> dict[str, object]:
    found = talk(world)
    made = Template.objects.create(
        channel=Channel.objects.get(external_id=f"PN{found['pk']}"),
        external_id="1",
        name="hola",
        language="es",
        status="APPROVED",
        components=[{"type": "BODY", "text": "Hola"}],
    )
    return {**found, "template": made.pk}


def file(world: World) -> dict[str, object]:
    """Not here yet, and asked for again."""
    of = Message.objects.get(pk=message(world)["message"])
    failed = Attachment.State.FAILED
    return {"pk": Attachment.objects.create(message=of, kind="image", state=failed).pk}


def decision(world: World) -> dict[str, object]:
    """About a lead of the seller with the grant."""
    lead = leads.lead(world.workspace, assignee=world.granted)
    rule = AssignmentRule.objects.create(policy="turns")
    made = AssignmentDecision.objects.create(
        lead=lead, rule=rule, policy="turns", trigger="message", reason="turn", chosen=world.granted
    )
    return {"pk": made.pk}


def number(world: World) -> dict[str, object]:
    return {"pk": Channel.objects.create(kind="whatsapp", name="Ventas", external_id="PN of a rule").pk}


def funnel(world: World) -> dict[str, object]:
    return {"pk": leads.funnel(world.workspace).pk}


def shared_view(world: World) -> dict[str, object]:
    """Of all: for who may share to change."""
    return {"pk": SavedView.objects.create(name="Urgentes", query="tab=all&status=urgent").pk}


def archiving(world: World) -> dict[str, object]:
    """On leads that a seller does not see it does nothing, and counts them."""
    with scope(world.workspace):
        return {"kind": "archive", "lead": str(talk(world)["pk"])}


SHARES = "inbox.share_views"

# An identity that is not named, or a file that is not here, is 404 to those who may ask, too.
ASKED = frozenset({404})

ROWS = [
    Row("inbox:conversations", get=EVERYONE),
    Row("inbox:new", get=EVERYONE),
    Row("inbox:again", get=EVERYONE),
    Row("inbox:counts", get=EVERYONE),
    Row("inbox:filter_choices", get=EVERYONE),
    Row("inbox:views", get=EVERYONE),
    Row("inbox:view_new", get=EVERYONE, post=EVERYONE),
    Row("inbox:view_management", get=EVERYONE),
    Row("inbox:view_order", post=EVERYONE),
    Row("inbox:view", get=ADMINS, post=ADMINS, target=shared_view, tool=SHARES),
    Row("inbox:view_removal", post=ADMINS, target=shared_view, tool=SHARES),
    Row("inbox:act", post=EVERYONE, data=archiving),
    Row("inbox:acts_undo", post=EVERYONE),
    Row("inbox:act_panel", get=EVERYONE),
    Row("inbox:thread", get=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:stretch", get=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:head", get=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:reading", post=SEEN, delete=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:menu", get=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:reach", get=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:blocks", get=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:block", post=SEEN, delete=SEEN, target=sender, unseen=OTHERS),
    Row("inbox:composer", get=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:draft", post=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:typing", post=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:files", post=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:template_list", get=SEEN, target=talk, unseen=OTHERS, ok=ASKED),
    Row("inbox:template", get=SEEN, target=template, unseen=OTHERS, ok=ASKED),
    Row("inbox:messages", post=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:detail", get=SEEN, target=message, unseen=OTHERS),
    Row("inbox:retry", post=SEEN, target=message, unseen=OTHERS),
    Row("inbox:settlement", post=SEEN, target=message, unseen=OTHERS),
    Row("inbox:media", get=SEEN, target=file, unseen=OTHERS, ok=ASKED),
    Row("inbox:decision", get=SEEN, target=decision, unseen=OTHERS),
    Row("inbox:assignment", get=ADMINS),
    Row("inbox:assignment_inbox", get=ADMINS, post=ADMINS),
    Row("inbox:assignment_channel", get=ADMINS, post=ADMINS, target=number),
    Row("inbox:assignment_funnel", get=ADMINS, post=ADMINS, target=funnel),
    Row("inbox:assignment_simulation", get=ADMINS),
    Row("inbox:decisions", get=ADMINS),
    Row("inbox:media_retry", post=SEEN, target=file, unseen=OTHERS),
    Row("inbox:notes", get=SEEN, post=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:note", get=SEEN, post=WRITER, delete=WRITER, target=note, unseen=OTHERS),
    Row("inbox:note_pin", post=SEEN, delete=SEEN, target=note, unseen=OTHERS),
    Row("inbox:people", get=SEEN, target=talk, unseen=OTHERS),
    Row("inbox:presence", get=SEEN, post=SEEN, delete=SEEN, target=talk, unseen=OTHERS),
]
