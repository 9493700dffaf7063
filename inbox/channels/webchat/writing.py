"""What a visitor says and does, into the rows that everybody reads. Words go through the intake of all channels."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm import origin
from directory import listening
from directory.actions import events, placements
from directory.actors import CHANNEL
from directory.models import Event, Placement
from inbox.channels.inbound import InboundMessage, Kind
from inbox.channels.webchat import claims, guests, visitors
from inbox.channels.webchat.visitors import Visitor
from inbox.intake import locks, statuses, taking
from inbox.models import Attachment, Channel, Delivery, Direction, Identity, IdentityKey, Message
from inbox.verbs import Verb

RECEIPTS = 200  # messages that one receipt moves: what was unread for longer is moved by the next


class ForgottenError(Exception):
    """They were erased at this very moment. Told again, it makes a new lead."""


@dataclass(frozen=True)
class Words:
    """client_id: the page's own, 32 hexadecimal digits; told twice, it is one message. claims: what they say of
    themselves. page: {"url", "title"} of where they are.
    """

    client_id: str
    text: str = ""
    upload: Attachment | None = None
    claims: claims.Claims = field(default_factory=claims.Claims)
    page: dict[str, str] = field(default_factory=dict)


def receive(channel: Channel, visitor: Visitor, words: Words, *, is_new: bool) -> Message:
    """The message, committed when this returns. Told a second time it is the first one, and the upload is let go.

    Raises ForgottenError.
    """
    name = words.claims.name or (_nameless(channel, visitor) if is_new else "")
    part = InboundMessage(
        receiver=channel.external_id,
        sender=visitor.key,
        at=timezone.now(),
        external_id=f"{visitor.digest}:{words.client_id}",
        keys=(visitor.key,),
        name=name,
        kind=Kind(words.upload.kind) if words.upload else Kind.TEXT,
        text=words.text,
        ip=_address(),
        data={"client_id": words.client_id, **({"page": words.page} if words.page else {})},
    )
    try:
        with transaction.atomic():
            message = taking.take(channel, [(0, part)], arrived_at=part.at).get(part.external_id)
            if message is None:
                raise ForgottenError
            is_known = words.upload is not None and message.attachments.exists()
            if words.upload is not None and not is_known:
                words.upload.message = message
                words.upload.save()
            claims.note(message, words.claims, channel.workspace)
            _note_life(channel)
    except BaseException:
        _let_go(words.upload)
        raise
    if is_known:
        _let_go(words.upload)
    return message


@transaction.atomic
def vouch(channel: Channel, visitor: Visitor, person: Visitor) -> Identity | None:
    """The site says who the visitor is. What they wrote on this device before becomes that person's, unless the person
    has written already, or the device is another person's: then nothing is joined. The person's identity, if any.
    """
    locks.take(locks.identity(channel.pk, key) for key in (visitor.key, person.key))
    there = visitors.identity_of(person)
    here = visitors.identity_of(visitor)
    if there is not None:
        if here is not None and here.lead_id != there.lead_id:
            _suspect(there, here)
        return there
    if here is None or visitor.is_verified or _is_somebodys(here):
        return None
    IdentityKey.objects.create(channel=channel, identity=here, key=person.key)
    return here


@transaction.atomic
def acknowledge(identity: Identity, *, up_to: int, state: Delivery) -> int:
    """The visitor's page has got, or shown, what we wrote up to a message (by id). How many moved on."""
    ours = Message.objects.filter(
        lead_id=identity.lead_id, identity=identity, direction=Direction.OUT, pk__lte=up_to
    )
    behind = list(ours.exclude(delivery__in=_PAST[state]).newest_first()[:RECEIPTS])
    # The names by which sending locks them while it saves what came of it: see WebChat.send.
    locks.take(locks.message(message.channel_id, message.uid.hex) for message in behind)
    fresh = Message.objects.filter(pk__in=[message.pk for message in behind])
    moved = sum(statuses.move(message, str(state), timezone.now()) for message in fresh)
    if moved:
        listening.tell(Placement.objects.get(pk=identity.lead_id), kind="thread")
    return moved


def type_(identity: Identity) -> None:
    """Those who see the thread see that somebody types, unless they blocked them. Nothing is written."""
    if identity.is_blocked:
        return
    listening.tell(Placement.objects.get(pk=identity.lead_id), kind="typing")


def tell_of_reading(identity: Identity) -> None:
    """The visitor's ticks turn."""
    guests.tell(identity.pk, identity.workspace_id, "seen")


def _suspect(one: Identity, other: Identity) -> None:
    """Says once of each pair that two leads wrote in one browser. Nothing is joined: people share devices."""
    known = Event.objects.filter(lead_id=one.lead_id, verb=Verb.DUPLICATE_SUSPECTED)
    facts = {"other": other.lead_id, "by": "browser"}
    if not known.filter(facts__contains=facts).exists():
        events.record(placements.locked(one.lead_id), by=CHANNEL, verb=Verb.DUPLICATE_SUSPECTED, facts=facts)


def _address() -> str | None:
    """From which this request came; a proxy's word for it may be none."""
    told = origin.current().ip or ""
    try:
        return str(ip_address(told.partition("%")[0]))
    except ValueError:
        return None


def _is_somebodys(identity: Identity) -> bool:
    return IdentityKey.objects.filter(identity=identity, key__startswith="user:").exists()


def _nameless(channel: Channel, visitor: Visitor) -> str:
    """What a lead is called until it says more, in the workspace's language."""
    with translation.override(channel.workspace.language):
        return _("Visitor %(number)s") % {"number": visitor.digest[:4].upper()}


def _note_life(channel: Channel) -> None:
    """To the minute, since many would wait for one another's lock on it."""
    if channel.last_event_at is None or channel.last_event_at < timezone.now() - timedelta(minutes=1):
        Channel.objects.filter(pk=channel.pk).update(last_event_at=Now())


def _let_go(upload: Attachment | None) -> None:
    if upload is not None:
        default_storage.delete(str(upload.file))


_PAST: dict[str, tuple[Any, ...]] = {
    Delivery.DELIVERED: (Delivery.DELIVERED, Delivery.READ, Delivery.PLAYED),
    Delivery.READ: (Delivery.READ, Delivery.PLAYED),
}
