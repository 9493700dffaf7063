"""The bodies of `POST /{phone number id}/messages`. Pure: plain values in, JSON out.

`Unsendable` says, before anything is sent, what the provider would refuse anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.work import DeliveryError

TEXT = 4096
CAPTION = 1024
BODY = 1024
BUTTONS = 3
ROWS = 10
CORRELATION = 512  # bytes


class Unsendable(DeliveryError):
    """It does not fit what WhatsApp takes."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True, code="unsendable")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where it goes: a number wins over a BSUID; a group over both."""

    phone: str = ""
    bsuid: str = ""
    group: str = ""

    @classmethod
    def of(cls, keys: Sequence[str], phone: str | None = None, thread: str = "") -> Recipient:
        """From identity keys as the parser makes them."""
        number = phone or next((key[3:] for key in keys if key.startswith("wa:")), "")
        ids = sorted((key[6:] for key in keys if key.startswith("bsuid:")), key=lambda one: ".ENT." in one)
        return cls(number, ids[0] if ids else "", thread)

    def fields(self) -> dict[str, str]:
        if self.group:
            return {"recipient_type": "group", "to": self.group}
        if self.phone:
            return {"recipient_type": "individual", "to": "+" + self.phone.lstrip("+")}
        if self.bsuid:
            return {"recipient_type": "individual", "recipient": self.bsuid}
        raise Unsendable(_("There is no number and no WhatsApp id to write to."))


def message(
    to: Recipient, content: dict[str, Any], *, reply_to: str | None = None, correlation: str = ""
) -> dict[str, Any]:
    """The whole body around what one of the functions below made."""
    payload = {"messaging_product": "whatsapp", **to.fields(), **content}
    if reply_to:
        payload["context"] = {"message_id": reply_to}
    if correlation:
        payload["biz_opaque_callback_data"] = correlation
    return payload


def text(body: str, *, preview: bool = True) -> dict[str, Any]:
    _check(body, TEXT, _("The message"))
    return {"type": "text", "text": {"body": body, "preview_url": preview}}


def media(kind: str, media_id: str, *, caption: str = "", name: str = "") -> dict[str, Any]:
    """kind: image, video, audio, document or sticker. Sounds and stickers take no caption."""
    given: dict[str, Any] = {"id": media_id}
    if caption:
        if kind in ("audio", "sticker"):
            raise Unsendable(_("WhatsApp takes no text with a sound or a sticker. Send it by itself."))
        _check(caption, CAPTION, _("The text with the file"))
        given["caption"] = caption
    if name and kind == "document":
        given["filename"] = name
    return {"type": kind, kind: given}


def location(latitude: float, longitude: float, *, name: str = "", address: str = "") -> dict[str, Any]:
    place = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
    return {"type": "location", "location": {key: value for key, value in place.items() if value != ""}}


def contacts(cards: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """cards: [{name, phones [..], emails [..], organization}], as the parser makes them."""
    return {"type": "contacts", "contacts": [_card(card) for card in cards]}


def buttons(body: str, choices: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """choices: (id, title) of one to three."""
    _check(body, BODY, _("The text above the buttons"))
    if not 1 <= len(choices) <= BUTTONS:
        raise Unsendable(_("WhatsApp shows one to three buttons."))
    for one, title in choices:
        _check(title, 20, _("A button"))
        _check(one, 256, _("A button's id"))
    replies = [{"type": "reply", "reply": {"id": one, "title": title}} for one, title in choices]
    return _interactive("button", body, {"buttons": replies})


def choice_list(
    body: str, label: str, rows: Sequence[tuple[str, str, str]], *, title: str = ""
) -> dict[str, Any]:
    """label: of the button that opens it. rows: (id, title, description) of one to ten."""
    _check(body, TEXT, _("The text above the list"))
    _check(label, 20, _("The list's button"))
    if not 1 <= len(rows) <= ROWS:
        raise Unsendable(_("WhatsApp shows one to ten rows."))
    listed = []
    for one, name, description in rows:
        _check(one, 200, _("A row's id"))
        _check(name, 24, _("A row"))
        if description:
            _check(description, 72, _("A row's description"))
        listed.append({"id": one, "title": name} | ({"description": description} if description else {}))
    section: dict[str, Any] = {"rows": listed}
    if title:
        _check(title, 24, _("The list's title"))
        section["title"] = title
    return _interactive("list", body, {"button": label, "sections": [section]})


def template(name: str, language: str, components: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """components: as `templating.components` makes them from values."""
    given: dict[str, Any] = {"name": name, "language": {"code": language}}
    if components:
        given["components"] = list(components)
    return {"type": "template", "template": given}


def reaction(target: str, emoji: str) -> dict[str, Any]:
    """An empty emoji takes it away."""
    return {"type": "reaction", "reaction": {"message_id": target, "emoji": emoji}}


def read(external_id: str, *, typing: bool = False) -> dict[str, Any]:
    """Marks this message and all older ones as read; with `typing`, shows for 25 s that somebody writes."""
    body: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
    return body | ({"typing_indicator": {"type": "text"}} if typing else {})


def _interactive(kind: str, body: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": body}, "action": action}}


def _card(card: dict[str, Any]) -> dict[str, Any]:
    name = card.get("name") or "—"
    given: dict[str, Any] = {"name": {"formatted_name": name, "first_name": name}}
    if card.get("phones"):
        given["phones"] = [{"phone": phone, "type": "CELL"} for phone in card["phones"]]
    if card.get("emails"):
        given["emails"] = [{"email": email, "type": "WORK"} for email in card["emails"]]
    if card.get("organization"):
        given["org"] = {"company": card["organization"]}
    return given


def _check(written: str, limit: int, what: str) -> None:
    if not written.strip():
        raise Unsendable(_("{what} is empty.").format(what=what))
    if len(written) > limit:
        raise Unsendable(
            _("{what} is longer than the {limit} characters WhatsApp takes.").format(what=what, limit=limit)
        )
