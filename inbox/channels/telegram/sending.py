"""A message of ours as a call of the Bot API."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.outbound import Limits
from crm.work import DeliveryError, Receipt
from inbox.channels.reading import mapping, sequence
from inbox.channels.telegram import errors, limits
from inbox.channels.telegram.api import Api, File, garbled, refused
from inbox.channels.telegram.connection import api_of, connection_of
from inbox.channels.telegram.people import chat_of, message_id, number, number_of
from inbox.models import Attachment, Channel, Direction, Message, MessageKind
from inbox.models.message import Delivery

FILE_KINDS = frozenset({"image", "video", "audio", "voice", "document", "sticker"})
UPLOADS = Limits(total=80)


@dataclass(frozen=True)
class Call:
    method: str
    parameters: dict[str, Any]
    files: dict[str, File] | None = None


def send(message: Message, *, attempt: int = 1) -> Receipt:
    """Raises DeliveryError. There is no id of ours that Telegram would keep: silence stays unknown."""
    channel = message.channel
    chat = _chat(message)
    _keep_pace(message)
    call = _call(message)
    given = api_of(channel).call(
        call.method,
        sends=True,
        attempt=attempt,
        files=call.files,
        limits=UPLOADS if call.files else None,
        chat_id=chat,
        business_connection_id=connection_of(channel),
        reply_parameters=_answered(message),
        **call.parameters,
    )
    numbers = [
        number(mapping(one).get("message_id")) for one in (given if isinstance(given, list) else [given])
    ]
    if not numbers or not numbers[0]:
        raise garbled(200, sends=True)
    ids = [message_id(str(chat), one) for one in numbers if one]
    if len(ids) > 1:  # of an album each picture is a message at Telegram; the first stands for all
        message.data = {**message.data, "parts": ids}
        Message.objects.filter(pk=message.pk).update(data=message.data)
    return Receipt(ids[0])


def typing(api: Api, message: Message) -> None:
    """For five seconds, or until we write."""
    api.call(
        "sendChatAction",
        chat_id=_chat(message),
        action="typing",
        business_connection_id=connection_of(message.channel),
    )


def read(api: Api, message: Message) -> None:
    """Of an account only: bots have no read marks."""
    api.call(
        "readBusinessMessage",
        business_connection_id=connection_of(message.channel),
        chat_id=_chat(message),
        message_id=number_of(message.external_id),
    )


def may_read(channel: Channel) -> bool:
    return "can_read_messages" in channel.settings.get("connection", {}).get("rights", [])


def _chat(message: Message) -> int:
    keys = message.identity.keys.filter(is_current=True).order_by("id").values_list("key", flat=True)
    found = next((chat for key in keys if (chat := chat_of(key)) is not None), None)
    if found is None:
        raise refused(errors.NO_CHAT, 0)
    return found


def _keep_pace(message: Message) -> None:
    """To one person about one message a second; the rest waits its turn, without hindering others."""
    since = timezone.now() - timedelta(seconds=limits.PACE_SECONDS)
    ours = Message.objects.filter(
        lead_id=message.lead_id, identity=message.identity_id, direction=Direction.OUT
    )
    newest = ours.filter(delivery__in=(Delivery.SENT, Delivery.READ)).order_by("-sent_at")
    moments = newest.values_list("delivery_at", flat=True)[: limits.PACE]
    if sum(at is not None and at > since for at in moments) >= limits.PACE:
        raise DeliveryError(_("One message after another."), code="pace", retry_after=1)


def _answered(message: Message) -> dict[str, Any] | None:
    answered = message.reply_to.external_id if message.reply_to else message.reply_to_external_id
    found = number_of(answered)
    return {"message_id": found, "allow_sending_without_reply": True} if found else None


def _call(message: Message) -> Call:
    if message.kind in FILE_KINDS:
        return _files(message)
    make = _MAKERS.get(message.kind)
    if make is None:
        raise DeliveryError(_("Telegram does not take this kind of message."), permanent=True, code="kind")
    return make(message)


def _words(text: str, name: str = "text") -> dict[str, Any]:
    """As written: what would be markup is escaped."""
    return {name: html.escape(text, quote=False), "parse_mode": "HTML"} if text else {}


def _text(message: Message) -> Call:
    return Call("sendMessage", _words(message.text))


def _buttons(message: Message) -> Call:
    return Call("sendMessage", {**_words(message.text), **_keyboard(message.data.get("buttons", []))})


def _list(message: Message) -> Call:
    """Telegram has no lists: the rows are buttons, and what is said about them stands in the text."""
    rows = message.data.get("rows", [])
    about = [f"• {row['title']}: {row['description']}" for row in rows if row.get("description")]
    words = "\n".join([message.text, *([""] if about else []), *about])
    return Call("sendMessage", {**_words(words[: limits.TEXT]), **_keyboard(rows)})


def _keyboard(choices: list[dict[str, Any]]) -> dict[str, Any]:
    """One below the other. Data are bytes, and few."""
    buttons = [
        [
            {
                "text": str(one["title"])[: limits.BUTTON_TEXT],
                "callback_data": str(one["id"]).encode()[: limits.CALLBACK_DATA].decode("utf-8", "ignore"),
            }
        ]
        for one in choices[: limits.BUTTONS]
    ]
    return {"reply_markup": {"inline_keyboard": buttons}}


def _location(message: Message) -> Call:
    data = message.data
    place = {"latitude": data["latitude"], "longitude": data["longitude"]}
    if data.get("name"):
        return Call(
            "sendVenue", {**place, "title": data["name"], "address": data.get("address") or data["name"]}
        )
    return Call("sendLocation", place)


def _contact(message: Message) -> Call:
    card = mapping(next(iter(sequence(message.data.get("contacts"))), None))
    phones = sequence(card.get("phones"))
    if not phones:
        raise DeliveryError(_("Telegram takes only cards with a phone number."), permanent=True, code="card")
    return Call(
        "sendContact", {"phone_number": str(phones[0]), "first_name": str(card.get("name") or phones[0])}
    )


_MAKERS: dict[str, Callable[[Message], Call]] = {
    MessageKind.TEXT: _text,
    MessageKind.BUTTONS: _buttons,
    MessageKind.LIST: _list,
    MessageKind.LOCATION: _location,
    MessageKind.CONTACTS: _contact,
}


def _files(message: Message) -> Call:
    attachments = list(message.attachments.order_by("id")[: limits.ALBUM])
    if not attachments:
        raise DeliveryError(_("The file is gone."), permanent=True, code="gone")
    if len(attachments) > 1:
        return _album(message, attachments)
    [attachment] = attachments
    method = _method(attachment)
    parameters = _words(message.text, "caption")
    name = method if method != "photo" else "photo"
    return Call(f"send{method.capitalize()}", parameters, {name: _content(attachment)})


def _album(message: Message, attachments: list[Attachment]) -> Call:
    """The words stand under the first."""
    files, media = {}, []
    methods = [_method(one) for one in attachments]
    if any(method not in ("photo", "video") for method in methods):
        methods = ["document"] * len(methods)  # these go together among themselves only
    for place, (attachment, method) in enumerate(zip(attachments, methods, strict=True)):
        files[f"file{place}"] = _content(attachment)
        words = _words(message.text, "caption") if place == 0 else {}
        media.append({"type": method, "media": f"attach://file{place}", **words})
    return Call("sendMediaGroup", {"media": media}, files)


def _method(attachment: Attachment) -> str:
    return limits.sent_as(
        attachment.kind, attachment.mime, attachment.size, attachment.width, attachment.height
    )


def _content(attachment: Attachment) -> File:
    if attachment.size > limits.SENT:
        raise refused(errors.TOO_LARGE, 0)
    with attachment.file.open("rb") as file:
        content = file.read()
    return attachment.name or "file", content, attachment.mime or "application/octet-stream"
