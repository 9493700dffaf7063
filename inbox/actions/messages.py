"""Messages of ours: written, sent again, settled. Each is a row and its work in one transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import prepared, work
from crm.prepared import Prepared
from crm.work.models import Item
from directory import listening, visibility
from directory.actions import placements
from directory.models import Lead, Placement
from inbox import notifying
from inbox.actions import together
from inbox.channels import kinds
from inbox.intake.statuses import SEND, UNSETTLED, note_outcome
from inbox.models import Attachment, Delivery, Direction, Draft, Message, MessageKind, Session
from inbox.sending import checking, working
from workspaces.errors import Refused
from workspaces.models import Membership


@transaction.atomic
def send(
    lead: Lead,
    *,
    by: Membership,
    session: Session,
    kind: str = MessageKind.TEXT,
    text: str = "",
    data: dict[str, Any] | None = None,
    attachments: Sequence[Attachment] = (),
    reply_to: Message | None = None,
    client_id: UUID | None = None,
    seen: together.Seen | None = None,
) -> Message:
    """A message of a person to a lead, in one of the lead's conversations.

    Posted twice with one `client_id` it is one message, the first. `attachments` are the person's own uploads.
    Raises Placement.DoesNotExist where the person may not see the lead, Refused where it cannot be sent; where `seen`
    is given, together.Crossed where somebody else answers, too.
    """
    placement, standing = _standing(session, lead, by)
    text, data = text.replace("\x00", "").strip(), data or {}
    try:
        session = _open(standing)
        checking.check_writable(session.channel, by)
        checking.check_not_blocked(session.identity)
        checking.check_reachable(session.identity)
        checking.check_not_held(session)
        checking.check_window(session, session.channel, kind)
        checking.check_content(session.channel, kind, text, data, attachments)
        _check_own(attachments, by)
        if seen is not None:
            together.check(placement, by=by, seen=seen)
    except Refused:  # by together, too: what is out is not asked about again
        if known := _known(lead, client_id):
            return known
        raise
    message = Message(
        lead=lead,
        channel=session.channel,
        identity=session.identity,
        session=session,
        direction=Direction.OUT,
        kind=MessageKind(kind),
        text=text,
        data=data,
        client_id=client_id,
        author=by,
        reply_to=reply_to if reply_to and _is_there(reply_to, session) else None,
        sent_at=timezone.now(),
        delivery=Delivery.QUEUED,
    )
    if not prepared.insert(message, unless="message_client_once"):
        return Message.objects.get(lead=lead, client_id=client_id)
    if attachments:
        _attach(message, attachments)
    placements.note_outbound(
        placement, message_id=message.pk, at=message.sent_at, channel_id=message.channel_id
    )
    Draft.objects.filter(membership=by, lead=lead, is_note=False).delete()
    working.enqueue(message)
    return message


@transaction.atomic
def retry(message: Message, *, by: Membership) -> None:
    """A person has it sent again, which may mean twice where it was not confirmed: they were asked.

    The same row of work, where the provider refused it or fell silent: a late status still settles it, and then it is
    not sent again. Where the provider took it and failed later, it is a new one under a new id of ours, so that what is
    still said about the old one changes nothing.
    """
    _check_visible(message.lead, by)
    item = _item(message)
    placement = placements.locked(message.lead_id, by=by)
    message = _locked(message)
    if message.delivery not in (Delivery.FAILED, Delivery.UNKNOWN):
        raise Refused(_("This message needs no second attempt."))
    session = _session(message.session, message.lead)
    checking.check_writable(session.channel, by)
    checking.check_not_blocked(session.identity)
    checking.check_not_held(session)
    checking.check_window(session, session.channel, message.kind)
    again = item is not None and work.retry(item)
    if not again:
        message.uid, message.external_id = uuid4(), ""
    message.delivery, message.delivery_at = Delivery.QUEUED, None
    message.error_code = message.error = ""
    message.save(update_fields=["uid", "external_id", "delivery", "delivery_at", "error_code", "error"])
    if not again:
        working.enqueue(message)
    note_outcome(placement, message, was_failed=True)
    notifying.settled(message)
    listening.tell(placement, kind="thread")


@transaction.atomic
def settle_by_hand(message: Message, *, by: Membership) -> None:
    """A person has seen that a message which was not confirmed did arrive. What waited behind it goes on."""
    _check_visible(message.lead, by)
    checking.check_writable(message.channel, by)
    is_open = message.delivery == Delivery.UNKNOWN
    if not (is_open and work.settle(kind=SEND, correlation=message.uid.hex)):
        raise Refused(_("This message is settled already."))


@transaction.atomic
def give_up(message: Message, *, by: Membership) -> None:
    """A person gives up a message that was not confirmed, or waits. It counts as failed; what is behind it goes on."""
    _check_visible(message.lead, by)
    checking.check_writable(message.channel, by)
    item = _item(message)
    placement = placements.locked(message.lead_id, by=by)
    message = _locked(message)
    if message.delivery not in UNSETTLED or item is None or not work.discard(item):
        raise Refused(_("This message is settled already."))
    message.delivery, message.delivery_at = Delivery.FAILED, timezone.now()
    message.error_code, message.error = "given_up", str(_("It was given up."))
    message.save(update_fields=["delivery", "delivery_at", "error_code", "error"])
    note_outcome(placement, message, was_failed=False)
    notifying.settled(message)
    listening.tell(placement, kind="thread")


def _is_there(message: Message, session: Session) -> bool:
    """Whether the customer has it where the answer goes: no provider knows what was said on another channel."""
    return (message.lead_id, message.channel_id) == (session.identity.lead_id, session.channel_id)


def _standing(session: Session, lead: Lead, by: Membership) -> tuple[Placement, Session | None]:
    """The lead's placement, locked, if the person may see it; and the session as it is now, with channel and identity,
    if it is an open one of the lead. One query where all is well."""
    found = _STANDING.first(session=session.pk, lead=lead.pk)
    placement = found.identity.lead.placement if found else placements.locked(lead.pk)
    if not visibility.sees(by, placement):
        raise Placement.DoesNotExist
    return placement, found


_STANDING = Prepared(
    lambda session, lead: (
        Session.objects.open()
        .filter(pk=session, identity__lead_id=lead, identity__lead__placement__isnull=False)
        .select_related("channel", "identity__lead__placement")
        .defer("channel__secrets")
        .select_for_update(no_key=True, of=("identity__lead__placement",))
    ),
    session=-1,
    lead=-2,
)


def _known(lead: Lead, client_id: UUID | None) -> Message | None:
    """What was posted before with the same id."""
    return Message.objects.filter(lead=lead, client_id=client_id).first() if client_id else None


def _check_visible(lead: Lead, by: Membership) -> None:
    """Raises Placement.DoesNotExist where the person may not see the lead. Without its lock, which whoever ends an
    attempt takes after that of the row of work."""
    Placement.objects.visible_to(by).get(pk=lead.pk)


def _item(message: Message) -> Item | None:
    """Its row of work, locked: before all else, as by whoever ends an attempt (see `inbox.sending.working`)."""
    rows = Item.objects.select_for_update(no_key=True, of=("self",))
    return rows.filter(kind=SEND, correlation=message.uid.hex).first()


def _locked(message: Message) -> Message:
    return Message.objects.select_for_update(no_key=True, of=("self",)).get(pk=message.pk)


def _session(session: Session, lead: Lead) -> Session:
    """As it is now, with its channel; only of the lead, only an open one."""
    rows = Session.objects.open().select_related("channel", "identity")
    return _open(rows.filter(pk=session.pk, identity__lead=lead).first())


def _open(session: Session | None) -> Session:
    if session is None or kinds.find(session.channel.kind) is None:
        raise Refused(_("This conversation has ended. Open the lead again."))
    return session


def _attach(message: Message, attachments: Sequence[Attachment]) -> None:
    """Each file goes with one message, also where two are sent at once."""
    free = Attachment.objects.filter(pk__in=[one.pk for one in attachments], message=None)
    if free.update(message=message) != len(attachments):
        raise Refused(_("The file was sent already. Add it again."))


def _check_own(attachments: Sequence[Attachment], by: Membership) -> None:
    for attachment in attachments:
        if attachment.message_id is not None or attachment.uploaded_by_id != by.pk:
            raise Refused(_("The file was sent already. Add it again."))
