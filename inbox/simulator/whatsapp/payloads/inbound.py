"""What a customer sends: one builder for each `type` of `messages[]`."""

# ruff: noqa: A002 (type and id are the protocol's words)

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from inbox.simulator.web import Payload
from inbox.simulator.whatsapp.payloads.envelope import (
    ANA,
    NUMBER,
    Receiver,
    Sender,
    given,
    messages_change,
    new_wamid,
    seconds,
)


def message(
    type: str,
    content: Any,
    *,
    sender: Sender = ANA,
    number: Receiver = NUMBER,
    id: str | None = None,
    at: float | None = None,
    reply_to: str | None = None,
    context: Mapping[str, Any] | None = None,
    referral: Mapping[str, Any] | None = None,
    **more: Any,
) -> Payload:
    """Any message: `content` stands under its `type` (None: nowhere), `more` beside it."""
    around = {**({"from": number.digits, "id": reply_to} if reply_to else {}), **(context or {})}
    one = {
        **({"context": around} if around else {}),
        **sender.origin(),
        "id": id or new_wamid(sender.phone or sender.name),
        "timestamp": seconds(at),
        "type": type,
        **({type: content} if content is not None else {}),
        **({"referral": dict(referral)} if referral else {}),
        **more,
    }
    return messages_change(number, contacts=[sender.contact()], messages=[one])


def text(body: str, **common: Any) -> Payload:
    return message("text", {"body": body}, **common)


def media(
    type: str,
    media_id: str,
    *,
    mime_type: str,
    content: bytes | None = None,
    sha256: str | None = None,
    url: str | None = None,
    caption: str | None = None,
    filename: str | None = None,
    voice: bool | None = None,
    animated: bool | None = None,
    **common: Any,
) -> Payload:
    """image, video, audio, document or sticker. `sha256` is made of `content` where it is not given."""
    return message(
        type,
        {
            **given(caption=caption, filename=filename),
            "mime_type": mime_type,
            "sha256": sha256 or hashlib.sha256(content or media_id.encode()).hexdigest(),
            "id": media_id,
            **given(url=url, voice=voice, animated=animated),
        },
        **common,
    )


def image(media_id: str = "1000000000000001", *, mime_type: str = "image/jpeg", **more: Any) -> Payload:
    return media("image", media_id, mime_type=mime_type, **more)


def video(media_id: str = "1000000000000002", *, mime_type: str = "video/mp4", **more: Any) -> Payload:
    return media("video", media_id, mime_type=mime_type, **more)


def audio(
    media_id: str = "1000000000000003",
    *,
    mime_type: str = "audio/ogg; codecs=opus",
    voice: bool = True,
    **more: Any,
) -> Payload:
    """`voice`: recorded in the app, not a file."""
    return media("audio", media_id, mime_type=mime_type, voice=voice, **more)


def document(
    media_id: str = "1000000000000004",
    *,
    filename: str = "pedido.pdf",
    mime_type: str = "application/pdf",
    **more: Any,
) -> Payload:
    return media("document", media_id, mime_type=mime_type, filename=filename, **more)


def sticker(
    media_id: str = "1000000000000005",
    *,
    mime_type: str = "image/webp",
    animated: bool = False,
    **more: Any,
) -> Payload:
    return media("sticker", media_id, mime_type=mime_type, animated=animated, **more)


def location(
    latitude: float = 19.4326,
    longitude: float = -99.1332,
    *,
    name: str | None = None,
    address: str | None = None,
    url: str | None = None,
    **common: Any,
) -> Payload:
    place = {"latitude": latitude, "longitude": longitude, **given(name=name, address=address, url=url)}
    return message("location", place, **common)


def contacts(
    name: str = "José Luis Peña",
    phone: str = "+52 1 55 8765 4321",
    *,
    wa_id: str | None = None,
    **common: Any,
) -> Payload:
    """One card with one phone."""
    first, _, last = name.partition(" ")
    card = {
        "name": {"formatted_name": name, "first_name": first, **given(last_name=last or None)},
        "phones": [{"phone": phone, "type": "CELL", **given(wa_id=wa_id)}],
    }
    return message("contacts", [card], **common)


def button(label: str, payload: str | None = None, **common: Any) -> Payload:
    """A template's quick reply. Say `reply_to`; now and then the provider leaves the context out."""
    return message("button", {"payload": payload or label, "text": label}, **common)


def button_reply(title: str, reply_id: str | None = None, **common: Any) -> Payload:
    reply = {"id": reply_id or title, "title": title}
    return message("interactive", {"type": "button_reply", "button_reply": reply}, **common)


def list_reply(
    title: str, reply_id: str | None = None, *, description: str | None = None, **common: Any
) -> Payload:
    reply = {"id": reply_id or title, "title": title, **given(description=description)}
    return message("interactive", {"type": "list_reply", "list_reply": reply}, **common)


def nfm_reply(
    answers: Mapping[str, Any], *, name: str = "flow", body: str = "Sent", **common: Any
) -> Payload:
    """A filled-in flow: its answers are JSON within the JSON."""
    reply = {"response_json": json.dumps(answers), "body": body, "name": name}
    return message("interactive", {"type": "nfm_reply", "nfm_reply": reply}, **common)


def reaction(message_id: str, emoji: str | None = "👍", **common: Any) -> Payload:
    """`emoji` "" or None takes it back; the provider has done it in both ways."""
    return message("reaction", {"message_id": message_id, **given(emoji=emoji)}, **common)


def edit(original_id: str, new: str, *, type: str = "text", **common: Any) -> Payload:
    """A text anew, or a caption anew (then `type` is the media's)."""
    content = {"body": new} if type == "text" else {"caption": new}
    inner = {"context": {"id": original_id}, "type": type, type: content}
    return message("edit", {"original_message_id": original_id, "message": inner}, **common)


def revoke(original_id: str, **common: Any) -> Payload:
    return message("revoke", {"original_message_id": original_id}, **common)


def unsupported(kind: str | None = None, **common: Any) -> Payload:
    """What the app can and the API can't: polls, view-once pictures. `kind` is `unsupported.type`."""
    error = {
        "code": 131051,
        "title": "Message type unknown",
        "message": "Message type unknown",
        "error_data": {"details": "Message type is currently not supported."},
    }
    return message("unsupported", {"type": kind} if kind else None, errors=[error], **common)


def order(
    items: Sequence[tuple[str, int, float]] = (("SKU-1", 2, 349.0),),
    *,
    catalog_id: str = "2000000000000001",
    note: str | None = None,
    currency: str = "MXN",
    **common: Any,
) -> Payload:
    """A cart from the catalogue: (retailer's id, quantity, price of one)."""
    products = [
        {"product_retailer_id": sku, "quantity": quantity, "item_price": price, "currency": currency}
        for sku, quantity, price in items
    ]
    return message(
        "order", {"catalog_id": catalog_id, "product_items": products, **given(text=note)}, **common
    )


def ad(
    headline: str = "Sillones a medida",
    *,
    body: str = "Escríbenos y te cotizamos hoy.",
    source_id: str = "120210000000000001",
    source_type: str = "ad",
    source_url: str = "https://fb.me/3cauceDemo",
    clid: str
    | None = "ARAkLkA8rmlFeiCktEJQ-QTwRiyYHAFDLMNDBH0CD3qpjd0HR4irJ6LEkR7JwLF4XvnO2E4Nx0-eM-GABDLOPaOdRMv",
    media_type: str = "image",
    **more: Any,
) -> Payload:
    """The referral of a click on an ad, for the `referral` of any message."""
    return {
        "source_url": source_url,
        "source_id": source_id,
        "source_type": source_type,
        "headline": headline,
        "body": body,
        "media_type": media_type,
        **given(ctwa_clid=clid),
        **more,
    }
