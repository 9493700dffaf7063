"""WhatsApp as a kind of channel: what the composer may offer, and how its messages leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.work import DeliveryError, Receipt
from inbox.channels import health
from inbox.channels.inbound import Part
from inbox.channels.kinds import Capabilities, Fetched
from inbox.channels.meta.graph import GraphError
from inbox.channels.reading import digits
from inbox.channels.remedies import Explained
from inbox.channels.whatsapp import errors, limits, payloads, templating
from inbox.channels.whatsapp.actions import notices, templates
from inbox.channels.whatsapp.client import WhatsAppClient
from inbox.channels.whatsapp.connection import client_of
from inbox.channels.whatsapp.payloads import Recipient, Unsendable
from inbox.models import Attachment, Channel, Message, MessageKind

MEDIA_DAYS = 29  # an uploaded file may be sent for thirty
FILE_KINDS = frozenset({"image", "video", "audio", "voice", "document", "sticker"})


class WhatsApp:
    key = "whatsapp"
    label: str | Promise = gettext_lazy("WhatsApp")
    description: str | Promise = gettext_lazy(
        "The official API: one number for the whole team, with templates."
    )
    icon = "message-circle"
    capabilities: Capabilities = limits.CAPABILITIES

    def send(self, message: Message, *, attempt: int = 1) -> Receipt:
        """Raises DeliveryError. A bad token disconnects the channel; stale templates are read anew."""
        client = client_of(message.channel)
        try:
            payload = payloads.message(
                recipient_of(message),
                _content(message, client, attempt),
                reply_to=_answered(message),
                correlation=message.uid.hex,
            )
            return client.send(payload, attempt=attempt)
        except GraphError as error:
            _draw_conclusions(message.channel, error)
            # The bubble says by its number what it means; what is kept beside it is what Meta said.
            error.args = (error.details or str(error),)
            raise

    def react(self, message: Message, emoji: str, *, attempt: int = 1) -> Receipt:
        """Puts our reaction on a message of theirs; an empty emoji takes it away. Raises DeliveryError."""
        client = client_of(message.channel)
        content = payloads.reaction(message.external_id, emoji)
        try:
            return client.send(payloads.message(recipient_of(message), content), attempt=attempt)
        except GraphError as error:
            _draw_conclusions(message.channel, error)
            raise

    def fetch(self, attachment: Attachment, channel: Channel) -> Fetched:
        """Raises DeliveryError."""
        try:
            media = client_of(channel).fetch(attachment.provider_id, attachment.provider_url or None)
        except GraphError as error:
            _draw_conclusions(channel, error)
            raise
        return Fetched(media.content, media.mime, attachment.name)

    def mark_read(self, message: Message, *, typing: bool = False) -> None:
        """That message and all older ones of its sender. Raises DeliveryError."""
        client_of(message.channel).mark_read(message.external_id, typing=typing)

    def notice(self, channel: Channel, part: Part) -> None:
        notices.apply(channel, part)

    def address(self, phone: str) -> str | None:
        number = digits(phone)
        return f"wa:{number}" if number else None

    def disconnects(self, error: DeliveryError) -> bool:
        return isinstance(error, GraphError) and error.disconnects

    def explain(self, code: str) -> Explained | None:
        """By Meta's number; what has none is ours, and says it itself."""
        if not code.isdecimal():
            return None
        meaning = errors.meaning(code)
        return Explained(meaning.text, meaning.remedy)

    def settings_url_name(self) -> str:
        return "inbox:whatsapp"

    def connect_url_name(self) -> str:
        return "inbox:whatsapp_connect"


KIND = WhatsApp()


def recipient_of(message: Message) -> Recipient:
    keys = message.identity.keys.filter(is_current=True).order_by("id").values_list("key", flat=True)
    return Recipient.of(list(keys), thread=message.session.thread_key)


def _answered(message: Message) -> str | None:
    answered = message.reply_to.external_id if message.reply_to else ""
    return answered or message.reply_to_external_id or None


def _content(message: Message, client: WhatsAppClient, attempt: int) -> dict[str, Any]:
    if message.kind in FILE_KINDS:
        return _file(message, client, attempt)
    if message.kind == MessageKind.TEMPLATE:
        return _template(message, client, attempt)
    make = _MAKERS.get(message.kind)
    if make is None:
        raise Unsendable(_("WhatsApp does not take this kind of message."))
    return make(message)


def _text(message: Message) -> dict[str, Any]:
    return payloads.text(message.text)


def _buttons(message: Message) -> dict[str, Any]:
    choices = [(one["id"], one["title"]) for one in message.data.get("buttons", [])]
    return payloads.buttons(message.text, choices)


def _list(message: Message) -> dict[str, Any]:
    rows = [(one["id"], one["title"], one.get("description", "")) for one in message.data.get("rows", [])]
    label = message.data.get("button") or _("See options")
    return payloads.choice_list(message.text, label, rows, title=message.data.get("title", ""))


def _location(message: Message) -> dict[str, Any]:
    data = message.data
    return payloads.location(
        data["latitude"], data["longitude"], name=data.get("name", ""), address=data.get("address", "")
    )


def _contacts(message: Message) -> dict[str, Any]:
    return payloads.contacts(message.data.get("contacts", []))


_MAKERS: dict[str, Callable[[Message], dict[str, Any]]] = {
    MessageKind.TEXT: _text,
    MessageKind.BUTTONS: _buttons,
    MessageKind.LIST: _list,
    MessageKind.LOCATION: _location,
    MessageKind.CONTACTS: _contacts,
}


def _file(message: Message, client: WhatsAppClient, attempt: int) -> dict[str, Any]:
    attachment = _attachment(message)
    kind = limits.sent_as(attachment.kind, attachment.mime, attachment.size)
    media_id = _uploaded(attachment, client, attempt)
    return payloads.media(kind, media_id, caption=message.text, name=attachment.name)


def _template(message: Message, client: WhatsAppClient, attempt: int) -> dict[str, Any]:
    given = message.data.get("template", {})
    components = list(given.get("components", []))
    if kind := given.get("header_media"):
        attachment = _attachment(message)
        media = {"id": _uploaded(attachment, client, attempt)}
        if kind == "document" and attachment.name:
            media["filename"] = attachment.name
        components = templating.with_media(components, kind, media)
    return payloads.template(given.get("name", ""), given.get("language", ""), components)


def _attachment(message: Message) -> Attachment:
    found = list(message.attachments.order_by("id")[:2])
    if len(found) != 1:
        raise Unsendable(_("WhatsApp takes exactly one file in a message."))
    return found[0]


def _uploaded(attachment: Attachment, client: WhatsAppClient, attempt: int) -> str:
    """The file's id at WhatsApp; an attempt made again takes that of the one before."""
    fresh = attachment.created_at > timezone.now() - timedelta(days=MEDIA_DAYS)
    if attachment.provider_id and fresh:
        return attachment.provider_id
    if attachment.size > limits.FILES["document"].max_bytes:
        raise Unsendable(_("The file is larger than the 100 MB WhatsApp takes."))
    with attachment.file.open("rb") as file:
        content = file.read()
    name = attachment.name or "file"
    media_id = client.upload(
        content, mime=attachment.mime or "application/octet-stream", name=name, attempt=attempt
    )
    Attachment.objects.filter(pk=attachment.pk).update(provider_id=media_id)
    return media_id


def _draw_conclusions(channel: Channel, error: GraphError) -> None:
    """What one failure says about the channel as a whole."""
    if error.disconnects:
        health.lose_token(channel, problem=str(error))
    elif error.meaning is not None and error.meaning.resync:
        templates.enqueue_sync(channel)
