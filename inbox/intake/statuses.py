"""How far a message of ours came, as the provider tells: only forward.

A status names the message by the provider's id, which we may not know yet: the answer that holds it is on its way, or
was lost with the worker that waited for it. Where the status carries our own id, that settles the matter; else it is
parked until the answer is saved.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from crm import work
from directory import listening
from directory.actions import placements
from directory.merging.following import remaining
from directory.models import Placement
from inbox import forgetting, notifying
from inbox.channels import kinds
from inbox.channels.inbound import InboundMessage, Part, StatusUpdate, Watermark
from inbox.intake import people, waiting
from inbox.intake.arrival import Arrival
from inbox.models import Channel, Delivery, Direction, Message, MessageKind, ParkedStatus

SEND = "inbox.send"
Told = StatusUpdate | InboundMessage  # what may carry our own id
SLACK = timedelta(seconds=60)  # between the provider's clock and ours, with an answer under way
RECOGNISED = timedelta(hours=1)
REMEMBERED = timedelta(days=30)  # how far back a watermark is believed to be news
UNSETTLED = (Delivery.QUEUED, Delivery.UNKNOWN, Delivery.FAILED)

# Failed is below delivered: it is believed until something better is known, and never afterwards.
RANK = {
    Delivery.NONE: -1,
    Delivery.QUEUED: 0,
    Delivery.UNKNOWN: 1,
    Delivery.SENT: 2,
    Delivery.FAILED: 3,
    Delivery.DELIVERED: 4,
    Delivery.READ: 5,
    Delivery.PLAYED: 6,
}


def settle_unknown(channel: Channel, parts: Iterable[Part]) -> None:
    """Rows of work whose outcome nobody knows, or knew wrongly, and of which these statuses speak: they were taken.

    Before intake takes its locks, each in a transaction of its own: the row of work is locked before the message's id
    here as it is when an answer is saved.
    """
    parts = list(parts)
    told = {uid: part for part in parts if isinstance(part, Told) and (uid := _uid(part))}
    if kinds.get(channel.kind).capabilities.echoes:
        told |= _recognised(channel, parts)
    if not told:
        return
    open_ones = Message.objects.filter(channel=channel, uid__in=told, delivery__in=UNSETTLED)
    for message in open_ones.order_by("uid"):
        work.settle(kind=SEND, correlation=message.uid.hex, reference=told[message.uid].external_id)


def _recognised(channel: Channel, parts: Iterable[Part]) -> "dict[uuid.UUID, Told]":
    """Echoes without our id: of what is not confirmed, the oldest that says the same to the same person is meant."""
    found: dict[uuid.UUID, Told] = {}
    for part in parts:
        if isinstance(part, InboundMessage) and part.is_echo and part.text and not part.correlation:
            unknown = Message.objects.filter(
                channel=channel,
                delivery=Delivery.UNKNOWN,
                external_id="",
                text=part.text,
                identity__keys__key__in=part.keys,
                sent_at__range=(part.at - RECOGNISED, part.at + SLACK),
            ).exclude(uid__in=found)
            if (message := unknown.order_by("sent_at", "id").first()) is not None:
                found[message.uid] = part
    return found


def is_ours(arrival: Arrival, part: InboundMessage) -> bool:
    """An echo of what we sent from here: no other message, but word that it was taken."""
    found = _by_uid(arrival, part) if part.is_echo and part.correlation else None
    if found is None:
        return False
    if move(found, Delivery.SENT, arrival.at(part)):
        placement = Placement.objects.filter(pk=found.lead_id).first()
        if placement is not None:
            listening.tell(placement, kind="thread")
    return True


def take_watermark(arrival: Arrival, part: Watermark) -> None:
    """All of ours up to there moves forward; what is not known to have been sent stays as it is. Up to a message that
    we do not know yet: that one is told when it is here."""
    target = arrival.messages.get(part.target) if part.target else None
    if part.target and target is None:
        _park(arrival, part.target, part.status.value, arrival.at(part))
    person = people.known(arrival, part)
    if person is None or (part.target and (target is None or target.is_inbound)):
        return
    upto = target.sent_at if target else arrival.at(part)
    behind = [
        one for one in (Delivery.SENT, Delivery.DELIVERED) if RANK[one] < RANK[Delivery(part.status.value)]
    ]
    rows = Message.objects.filter(
        lead_id=person.lead.pk,
        identity=person.identity,
        direction=Direction.OUT,
        delivery__in=behind,
        sent_at__range=(upto - REMEMBERED, upto),
    )
    if not target:  # what was written then, and sent later, they cannot have seen
        rows = rows.exclude(delivery=Delivery.SENT, delivery_at__gt=upto + SLACK)
    if rows.update(delivery=Delivery(part.status.value), delivery_at=arrival.at(part)):
        listening.tell(person.placement, kind="thread")


def take(arrival: Arrival, part: StatusUpdate) -> None:
    message = arrival.messages.get(part.external_id) or _by_uid(arrival, part)
    at = arrival.at(part)
    code = str(part.error.code) if part.error else ""
    words = _words(part)
    if message is None:
        if part.keys and forgetting.erased_at(arrival.channel.pk, part.keys):
            raise forgetting.Forgotten  # of a message that went with its lead
        _park(arrival, part.external_id, part.status.value, at, error_code=code, error=words)
        return
    if part.keys and message.kind == MessageKind.TEMPLATE and not message.session.thread_key:
        people.learn(arrival, message.identity, part.keys)
    was, was_failed = message.delivery, message.has_failed
    concerned = was_failed or part.status.value == Delivery.FAILED
    rows = Placement.objects.select_for_update(no_key=True) if concerned else Placement.objects.all()
    placement = rows.filter(pk=message.lead_id).first() or rows.filter(pk=remaining(message.lead_id)).first()
    if placement is None:
        return  # the lead is being deleted
    if move(message, part.status.value, at, code=code, error=words):
        note_outcome(placement, message, was_failed=was_failed)
        notifying.tell_outcome(message, placement, was=was)
        listening.tell(placement, kind="thread")


def move(message: Message, status: str, at: datetime, *, code: str = "", error: str = "") -> bool:
    """Whether it is news. The caller holds the message's lock."""
    if message.is_inbound or RANK[Delivery(status)] <= RANK[Delivery(message.delivery)]:
        return False
    failed = status == Delivery.FAILED
    message.delivery, message.delivery_at = Delivery(status), at
    message.error_code, message.error = (code[:60], error[:300]) if failed else ("", "")
    message.save(update_fields=["delivery", "delivery_at", "error_code", "error"])
    return True


def note_outcome(placement: Placement, message: Message, *, was_failed: bool) -> None:
    """Whoever got no answer but one that failed waits again, until it is sent after all. Where it failed, or had, the
    caller holds the placement's lock, taken before that of the message."""
    if message.has_failed and placement.last_inbound_at is not None:
        answers = Message.objects.filter(lead_id=placement.pk, direction=Direction.OUT)
        arrived = answers.filter(sent_at__gte=placement.last_inbound_at).exclude(delivery=Delivery.FAILED)
        if not arrived.exists():
            placements.note_unanswered(placement)
    elif was_failed and not message.has_failed:
        placements.note_outbound(
            placement, message_id=message.pk, at=message.sent_at, channel_id=message.channel_id
        )


def _park(arrival: Arrival, external_id: str, status: str, at: datetime, **more: str) -> None:
    """Until the message is here."""
    parked = ParkedStatus(channel=arrival.channel, external_id=external_id, status=status, at=at, **more)
    ParkedStatus.objects.bulk_create([parked] if external_id else [], ignore_conflicts=True)


def _by_uid(arrival: Arrival, part: "Told") -> Message | None:
    """By our own id, where the provider gave no other, or none that we have: that one is kept, since people will quote
    it and react to it. (A message that a person settled was sent, and nobody knew as what.)"""
    uid = _uid(part)
    found = Message.objects.filter(channel=arrival.channel, uid=uid).first() if uid else None
    if found is None or (part.external_id and found.external_id not in ("", part.external_id)):
        return None
    if part.external_id and not found.external_id:
        found.external_id = part.external_id
        found.save(update_fields=["external_id"])
        arrival.messages[found.external_id] = found
        waiting.settle(found)
    return found


def _uid(part: "Told") -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=part.correlation) if part.correlation else None
    except ValueError:
        return None


def _words(part: StatusUpdate) -> str:
    if part.error is None:
        return ""
    return ": ".join(filter(None, [part.error.title, part.error.details]))
