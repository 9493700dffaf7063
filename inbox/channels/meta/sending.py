"""A message of ours to the Messenger Platform."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from crm.work import Receipt
from inbox.channels import health, kinds
from inbox.channels.kinds import Capabilities
from inbox.channels.meta import limits, payloads, refusals
from inbox.channels.meta.connection import client_of, has_own_login
from inbox.channels.meta.graph import GraphError
from inbox.channels.meta.payloads import Unsendable
from inbox.fetching import lending
from inbox.models import Channel, Direction, Message, MessageKind

CLOCKS = timedelta(seconds=60)  # by which ours and Meta's may differ
FILE_KINDS = frozenset({"image", "video", "audio", "voice", "document", "sticker"})


def send(message: Message, can: Capabilities, *, attempt: int = 1) -> Receipt:
    """Raises DeliveryError. There is no id of ours by which Meta would do it once: silence stays unknown, until its
    echo comes or a person says."""
    channel = message.channel
    late = not message.session.window_is_open()
    if late and not kinds.window_is_open(message.session, channel, by_person=message.author_id is not None):
        raise Unsendable(_("The time to answer is over at Meta. They have to write first."))
    payload = payloads.message(
        person_of(message),
        _content(message, can),
        late=late,
        correlation="" if has_own_login(channel) else message.uid.hex,
    )
    try:
        return client_of(channel).send(payload, attempt=attempt)
    except GraphError as error:
        if error.unknown and (heard := _heard_of(message)):
            return Receipt(heard)
        if late and error.meaning in (refusals.WINDOW, refusals.TAG):
            _lose_extension(channel)
        raise


def act(message: Message, action: str) -> None:
    client_of(message.channel).act(person_of(message), action)


def person_of(message: Message) -> str:
    """ "psid:<page>:<id>": the last part is whom the page knows."""
    keys = message.identity.keys.filter(is_current=True).order_by("id").values_list("key", flat=True)
    for key in keys:
        parts = key.split(":", 2)
        if len(parts) == 3 and parts[1] == message.channel.external_id:
            return parts[2]
    raise Unsendable(_("Meta does not know this person on this channel."))


def _content(message: Message, can: Capabilities) -> dict[str, Any]:
    sizes = {"characters": can.text_limit, "in_bytes": can.text_bytes}
    if message.kind in FILE_KINDS:
        return _file(message, can)
    if message.kind == MessageKind.TEXT:
        return payloads.text(message.text, **sizes)
    if message.kind == MessageKind.BUTTONS:
        return payloads.choices(message.text, message.data.get("buttons", []), **sizes)
    if message.kind == MessageKind.LIST:
        return payloads.choices(message.text, message.data.get("rows", []), **sizes)
    if message.kind == MessageKind.LOCATION:
        data = message.data
        place = " ".join(filter(None, [data.get("name"), data.get("address")]))
        link = f"https://www.openstreetmap.org/?mlat={data['latitude']}&mlon={data['longitude']}"
        return payloads.text(f"{place}\n{link}".strip(), **sizes)
    raise Unsendable(_("This channel does not take this kind of message."))


def _file(message: Message, can: Capabilities) -> dict[str, Any]:
    found = list(message.attachments.order_by("id")[:2])
    if len(found) != 1:
        raise Unsendable(_("A message has one file. Send several one after another."))
    kind = limits.sent_as(dict(can.files), found[0].kind, found[0].mime, found[0].size)
    return payloads.file(kind, lending.address(found[0]))


def _heard_of(message: Message) -> str:
    """Meta's id of what nobody confirmed, where its echo came meanwhile and does not bear our id: it says the same to
    the same person. (An echo that comes later settles it: `inbox.intake.statuses`.)"""
    if not message.text:
        return ""
    echoes = Message.objects.filter(
        lead_id=message.lead_id,
        channel_id=message.channel_id,
        identity_id=message.identity_id,
        direction=Direction.OUT,
        author=None,
        text=message.text,
        sent_at__gte=message.sent_at - CLOCKS,
    )
    found = echoes.exclude(external_id="").exclude(pk=message.pk).order_by("sent_at", "id")
    return found.values_list("external_id", flat=True).first() or ""


def _lose_extension(channel: Channel) -> None:
    """Meta did not let it pass: nobody shall try again and again."""
    stored = Channel.objects.get(pk=channel.pk).settings
    Channel.objects.filter(pk=channel.pk).update(settings={**stored, "extended": False})
    health.trouble(channel, problem=str(refusals.TAG.text))
