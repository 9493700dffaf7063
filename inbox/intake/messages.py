"""A message that arrived, of the customer or (an echo) of our own side elsewhere, becomes a row of the thread."""

from typing import Any

from crm import prepared, work
from directory import listening
from directory.actions import events, placements
from directory.actors import CHANNEL
from directory.models import Placement
from directory.verbs import Verb as LeadVerb
from inbox.actions import reachability
from inbox.channels.inbound import FromPerson, InboundMessage
from inbox.intake import people, statuses, waiting
from inbox.intake.arrival import Arrival, Person
from inbox.models import Attachment, Delivery, Direction, Message, MessageKind, Session, heard
from inbox.verbs import Verb

MEDIA = "inbox.media"


def take(arrival: Arrival, place: int, part: InboundMessage) -> Message | None:
    """The message, or None where it was here before. What waited for it is applied to it."""
    if part.external_id in arrival.messages or statuses.is_ours(arrival, part):
        return None
    person = people.found_or_made(arrival, part)
    session, opened = people.session(arrival, person, part.thread)
    people.note_holder(session, part.held, arrival.at(part))
    is_blocked = person.identity.is_blocked and not part.is_echo
    if not part.is_echo and not is_blocked:
        people.extend_window(arrival, session, arrival.at(part))
        reachability.note(person.identity, person.placement, reachable=True, at=arrival.at(part))
    message = _row(arrival, place, part, person, session)
    prepared.insert(message)
    arrival.messages[part.external_id] = message
    _attach(message, part)
    if is_blocked:
        listening.tell(person.placement, kind="thread")  # who looks at it sees it; it raises nothing
    else:
        _note(arrival, person, message, session)
        _tell(person, message, session, part, opened=opened)
    waiting.settle(message)
    return message


def is_here(arrival: Arrival, part: FromPerson) -> bool:
    """Whether a notice was taken in before."""
    return Message.objects.filter(channel=arrival.channel, external_id=part.external_id).exists()


def notice(arrival: Arrival, place: int, part: FromPerson, person: Person, **data: Any) -> None:
    """A line in the thread about the person (their number changed). Nobody has to answer it."""
    session, _opened = people.session(arrival, person, part.thread)
    Message.objects.create(
        lead=person.lead,
        channel=arrival.channel,
        identity=person.identity,
        session=session,
        direction=Direction.IN,
        kind=MessageKind.SYSTEM,
        data=data,
        external_id=part.external_id,
        sent_at=arrival.at(part),
        sequence=place,
    )
    listening.tell(person.placement, kind="thread")


def _row(arrival: Arrival, place: int, part: InboundMessage, person: Person, session: Session) -> Message:
    quoted = arrival.messages.get(part.reply_to) if part.reply_to else None
    if quoted is not None and quoted.lead_id != person.lead.pk:
        quoted = None  # whoever sees this lead may not see that one
    return Message(
        lead=person.lead,
        channel=arrival.channel,
        identity=person.identity,
        session=session,
        direction=Direction.OUT if part.is_echo else Direction.IN,
        kind=MessageKind(part.kind.value),
        text=part.text,
        data=_data(part),
        external_id=part.external_id,
        reply_to=quoted,
        reply_to_external_id=part.reply_to or "" if quoted is None else "",
        sent_at=arrival.at(part),
        sequence=place if part.sequence is None else part.sequence,
        delivery=Delivery.SENT if part.is_echo else Delivery.NONE,
        delivery_at=arrival.at(part) if part.is_echo else None,
        is_blocked=person.identity.is_blocked and not part.is_echo,
    )


def _data(part: InboundMessage) -> dict[str, Any]:
    data = dict(part.data)
    if part.forwarded:
        data["forwarded"] = True
    if part.referral:
        data["referral"] = part.referral
    if part.errors:
        data["errors"] = [
            {"code": error.code, "title": error.title, "details": error.details} for error in part.errors
        ]
    return data


def _attach(message: Message, part: InboundMessage) -> None:
    """Files are fetched at once, but not here: nobody speaks to a provider with locks in hand."""
    rows = [
        Attachment(
            message=message,
            kind=media.kind or part.kind.value[:8],
            name=media.name,
            mime=media.mime,
            sha256=media.sha256,
            provider_id=media.provider_id,
            provider_url=media.url or "",
        )
        for media in part.media
    ]
    for row in Attachment.objects.bulk_create(rows):
        work.enqueue(
            kind=MEDIA,
            lane=f"channel:{message.channel_id}",
            payload={"attachment": row.pk},
            correlation=str(row.pk),
            workspace=message.workspace_id,
        )


def _note(arrival: Arrival, person: Person, message: Message, session: Session) -> None:
    """Where the lead stands now: last message, window, who waits. One who writes again leaves the archive."""
    placement = person.placement
    common: dict[str, Any] = {
        "message_id": message.pk,
        "at": message.sent_at,
        "channel_id": message.channel_id,
    }
    if not message.is_inbound:
        placements.note_outbound(placement, **common)
        return
    placements.note_inbound(
        placement, **common, window_ends_at=session.window_ends_at, answered=_is_answered(placement, message)
    )
    if placement.assignee_id is not None:
        heard.note(placement.workspace_id, placement.pk, message.pk)
    arrival.heard[placement.pk] = placement
    if placement.is_archived:
        placements.change(placement, by=CHANNEL, verb=LeadVerb.UNARCHIVED, is_archived=False)


def _is_answered(placement: Placement, message: Message) -> bool:
    """It came after what was written back on the phone itself, where it had been read. What one of us wrote here
    meanwhile answers nothing that was not here yet."""
    if message.sent_at >= placement.last_activity_at:
        return False
    echoes = Message.objects.filter(channel_id=message.channel_id, direction=Direction.OUT, author=None)
    return echoes.filter(lead_id=message.lead_id, sent_at__gt=message.sent_at).exists()


def _tell(person: Person, message: Message, session: Session, part: InboundMessage, *, opened: bool) -> None:
    """What processes and the timeline care about: that a conversation began, and what led to it."""
    facts: dict[str, Any] = {"channel": message.channel_id, "message": message.pk}
    if opened:
        told = {**facts, "session": session.pk, "direction": str(message.direction)}
        events.record(person.placement, by=CHANNEL, verb=Verb.OPENED, facts=told)
    if part.referral:
        named = {name: part.referral[name] for name in REFERRAL if name in part.referral}
        events.record(person.placement, by=CHANNEL, verb=Verb.REFERRED, facts={**facts, **named})


REFERRAL = ("source_id", "source_type", "ctwa_clid", "ref")
