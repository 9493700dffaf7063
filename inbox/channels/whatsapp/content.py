"""What a message says: from the object under its type to kind, text, data and media.

Each reader gets the object under the message's type, and answers None where it does not hold what its type promises:
such a message is shown as unsupported, with what came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from inbox.channels.inbound import Kind, MediaRef
from inbox.channels.reading import (
    SHORT,
    TEXT,
    chosen,
    flag,
    identifier,
    loads,
    mapping,
    number,
    sequence,
    storable,
    text,
)


@dataclass(frozen=True, slots=True)
class Content:
    kind: Kind
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    media: tuple[MediaRef, ...] = ()


def content(message: dict[str, Any]) -> Content:
    """The content of a message of any type. Total: what is not understood is of kind UNSUPPORTED."""
    named = text(message.get("type"), 60)
    if named == "contacts":
        found = _contacts(sequence(message.get("contacts")))
    else:
        read = _READERS.get(named)
        found = read(mapping(message.get(named))) if read else None
    return found or _unsupported(named, message)


def body(value: Any) -> tuple[str, dict[str, Any]]:
    """A text as written; where it had to be cut, how long it was."""
    written = text(value, TEXT)
    cut = isinstance(value, str) and len(value) > TEXT
    return written, {"cut": len(value)} if cut else {}


def _text(given: dict[str, Any]) -> Content | None:
    if not isinstance(given.get("body"), str):
        return None
    written, data = body(given["body"])
    return Content(Kind.TEXT, written, data)


def _file(kind: Kind) -> Callable[[dict[str, Any]], Content | None]:
    def read(given: dict[str, Any]) -> Content | None:
        provider_id = identifier(given.get("id"))
        url = text(given.get("url"), 2000)
        if not url.startswith(("https://", "http://")):
            url = ""
        if not (provider_id or url):
            return None
        written, data = body(given.get("caption"))
        ref = MediaRef(
            provider_id=provider_id,
            url=url or None,
            mime=text(given.get("mime_type"), 100).strip().lower(),
            name=text(given.get("filename"), 200).strip(),
            sha256=text(given.get("sha256"), 64),
            voice=flag(given.get("voice")),
            animated=flag(given.get("animated")),
        )
        return Content(Kind.VOICE if ref.voice else kind, written, data, (ref,))

    return read


def _location(given: dict[str, Any]) -> Content | None:
    latitude, longitude = number(given.get("latitude")), number(given.get("longitude"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    place = {"latitude": latitude, "longitude": longitude}
    return Content(Kind.LOCATION, data=place | chosen(given, "name", "address", "url"))


def _contacts(given: list[Any]) -> Content | None:
    cards = [_card(mapping(one)) for one in given[:50]]
    cards = [card for card in cards if card]
    return Content(Kind.CONTACTS, data={"contacts": cards}) if cards else None


def _card(given: dict[str, Any]) -> dict[str, Any]:
    name = mapping(given.get("name"))
    parts = [text(name.get(part), 100) for part in ("first_name", "middle_name", "last_name")]
    card = {
        "name": text(name.get("formatted_name"), 300) or " ".join(filter(None, parts)),
        "phones": [
            text(mapping(one).get("phone"), 60) or text(mapping(one).get("wa_id"), 60)
            for one in sequence(given.get("phones"))[:20]
        ],
        "emails": [text(mapping(one).get("email"), 254) for one in sequence(given.get("emails"))[:20]],
        "organization": text(mapping(given.get("org")).get("company"), 200),
    }
    return {key: value for key, value in card.items() if value}


def _button(given: dict[str, Any]) -> Content | None:
    """A quick reply of a template."""
    title, payload = text(given.get("text"), SHORT), text(given.get("payload"), 1000)
    if not (title or payload):
        return None
    return Content(Kind.REPLY, title or payload, {"id": payload, "title": title})


def _interactive(given: dict[str, Any]) -> Content | None:
    named = text(given.get("type"), 60)
    reply = mapping(given.get(named))
    if named in ("button_reply", "list_reply") and reply:
        data = {key: text(reply.get(key), 1000) for key in ("id", "title", "description") if reply.get(key)}
        return Content(Kind.REPLY, data.get("title") or data.get("id", ""), data)
    if named == "nfm_reply" and reply:
        return _form(reply)
    return None


def _form(reply: dict[str, Any]) -> Content:
    """A flow that was filled in. Its answers come as JSON within JSON."""
    answers = reply.get("response_json")
    fields: Any = mapping(answers)
    if isinstance(answers, str):
        try:
            fields = storable(loads(answers[:TEXT].encode("utf-8", "replace")))
        except ValueError:
            fields = {"response_json": text(answers, TEXT)}
    written, cut = body(reply.get("body"))
    data = {"name": text(reply.get("name"), SHORT), "fields": storable(fields)}
    return Content(Kind.FORM, written, data | cut)


def _order(given: dict[str, Any]) -> Content | None:
    items = [mapping(one) for one in sequence(given.get("product_items"))[:200]]
    if not items:
        return None
    written, cut = body(given.get("text"))
    data = {
        "catalog_id": identifier(given.get("catalog_id")),
        "items": [
            {
                "product": text(one.get("product_retailer_id"), 255),
                "quantity": number(one.get("quantity")),
                "price": number(one.get("item_price")),
                "currency": text(one.get("currency"), 8),
            }
            for one in items
        ],
    }
    return Content(Kind.ORDER, written, data | cut)


def _unsupported(named: str, message: dict[str, Any]) -> Content:
    """`unsupported.type` is sometimes what it really was ("poll")."""
    really = text(mapping(message.get("unsupported")).get("type"), 60)
    data: dict[str, Any] = {"type": really or named or "?"}
    if named and named != "unsupported" and message.get(named) not in (None, "", [], {}):
        data["content"] = storable(message[named], 5)
    return Content(Kind.UNSUPPORTED, data=data)


_READERS: dict[str, Callable[[dict[str, Any]], Content | None]] = {
    "text": _text,
    "image": _file(Kind.IMAGE),
    "video": _file(Kind.VIDEO),
    "audio": _file(Kind.AUDIO),
    "voice": _file(Kind.VOICE),
    "document": _file(Kind.DOCUMENT),
    "sticker": _file(Kind.STICKER),
    "location": _location,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
}
