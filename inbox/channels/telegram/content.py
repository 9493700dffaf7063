"""What a message says: from the one member of it that is its content to kind, text, data and media.

Each reader gets what stands under its name, and the message; it answers None where that does not hold what it should:
such a message is shown as unsupported, with what came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from inbox.channels.inbound import Kind, MediaRef
from inbox.channels.reading import TEXT, chosen, flag, identifier, mapping, number, sequence, storable, text


@dataclass(frozen=True, slots=True)
class Content:
    kind: Kind
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    media: tuple[MediaRef, ...] = ()


def content(message: dict[str, Any]) -> Content | None:
    """The content of a message. Total; None of one that only tells what happened (a pinned message, a new photo)."""
    for name, read in _READERS.items():
        if name in message:
            return read(message[name], message) or _unsupported(name, message)
    strange = [name for name in message if name not in _AROUND]
    if not strange or strange[0] in _SERVICE:
        return None
    return _unsupported(strange[0], message)


def service(message: dict[str, Any]) -> str:
    """The name of what happened, for counting."""
    return next((text(name, 60) for name in message if name not in _AROUND), "empty")


def body(value: Any) -> tuple[str, dict[str, Any]]:
    """A text as written; where it had to be cut, how long it was."""
    written = text(value, TEXT)
    cut = isinstance(value, str) and len(value) > TEXT
    return written, {"cut": len(value)} if cut else {}


def _text(given: Any, message: dict[str, Any]) -> Content | None:
    if not isinstance(given, str):
        return None
    written, data = body(given)
    return Content(Kind.TEXT, written, data)


def _photo(given: Any, message: dict[str, Any]) -> Content | None:
    """The same picture in several sizes: the last is the largest."""
    sizes = [mapping(one) for one in sequence(given)]
    return _file(Kind.IMAGE, sizes[-1] if sizes else {}, message, mime="image/jpeg")


def _of(kind: Kind, mime: str = "") -> Callable[[Any, dict[str, Any]], Content | None]:
    def read(given: Any, message: dict[str, Any]) -> Content | None:
        return _file(kind, mapping(given), message, mime=mime)

    return read


def _sticker(given: Any, message: dict[str, Any]) -> Content | None:
    """One that moves is no picture that a browser knows: its first frame stands for it."""
    sticker = mapping(given)
    moves = flag(sticker.get("is_animated")) or flag(sticker.get("is_video"))
    shown = mapping(sticker.get("thumbnail")) if moves and sticker.get("thumbnail") else sticker
    found = _file(Kind.STICKER, shown, message, mime="image/webp", animated=moves)
    emoji = text(sticker.get("emoji"), 32)
    return Content(found.kind, emoji, found.data, found.media) if found else None


def _file(
    kind: Kind, given: dict[str, Any], message: dict[str, Any], *, mime: str = "", animated: bool = False
) -> Content | None:
    provider_id = identifier(given.get("file_id"))
    if not provider_id:
        return None
    written, data = body(message.get("caption"))
    ref = MediaRef(
        provider_id=provider_id,
        mime=text(given.get("mime_type"), 100).strip().lower() or mime,
        name=text(given.get("file_name"), 200).strip(),
        voice=kind is Kind.VOICE,
        animated=animated,
    )
    if album := identifier(message.get("media_group_id")):
        data["album"] = album
    return Content(kind, written, data, (ref,))


def _venue(given: Any, message: dict[str, Any]) -> Content | None:
    venue = mapping(given)
    place = _location(venue.get("location"), message)
    if place is None:
        return None
    names = {"name": text(venue.get("title")), "address": text(venue.get("address"))}
    return Content(Kind.LOCATION, data=place.data | {name: said for name, said in names.items() if said})


def _location(given: Any, message: dict[str, Any]) -> Content | None:
    place = mapping(given)
    latitude, longitude = number(place.get("latitude")), number(place.get("longitude"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    live = {"live": True} if place.get("live_period") else {}
    return Content(Kind.LOCATION, data={"latitude": latitude, "longitude": longitude, **live})


def _contact(given: Any, message: dict[str, Any]) -> Content | None:
    contact = mapping(given)
    names = [text(contact.get(name), 100).strip() for name in ("first_name", "last_name")]
    card: dict[str, Any] = {"name": " ".join(filter(None, names))}
    if phone := text(contact.get("phone_number"), 60):
        card["phones"] = [phone]
    return Content(Kind.CONTACTS, data={"contacts": [card]}) if any(card.values()) else None


def _dice(given: Any, message: dict[str, Any]) -> Content | None:
    dice = mapping(given)
    emoji, value = text(dice.get("emoji"), 32), number(dice.get("value"))
    return Content(Kind.TEXT, f"{emoji} {value}") if emoji and value is not None else None


def _unsupported(named: str, message: dict[str, Any]) -> Content:
    written, cut = body(message.get("caption"))
    data: dict[str, Any] = {"type": text(named, 60) or "?"}
    if message.get(named) not in (None, "", [], {}):
        data["content"] = storable(message[named], 4)
    return Content(Kind.UNSUPPORTED, written, data | cut)


def quoted(message: dict[str, Any]) -> dict[str, Any]:
    """What of a message is kept beside its content."""
    start = text(message.get("text"), 200)
    found = chosen(mapping(message.get("quote")), "text")
    kept = {"quote": found["text"]} if found else {}
    # t.me/<bot>?start=…: which link led here
    return kept | ({"start": start.removeprefix("/start ")} if start.startswith("/start ") else {})


# In this order: an animation comes with a document, a venue with a location.
_READERS: dict[str, Callable[[Any, dict[str, Any]], Content | None]] = {
    "text": _text,
    "photo": _photo,
    "animation": _of(Kind.VIDEO, "video/mp4"),
    "video": _of(Kind.VIDEO, "video/mp4"),
    "video_note": _of(Kind.VIDEO, "video/mp4"),
    "voice": _of(Kind.VOICE, "audio/ogg"),
    "audio": _of(Kind.AUDIO, "audio/mpeg"),
    "sticker": _sticker,
    "document": _of(Kind.DOCUMENT),
    "venue": _venue,
    "location": _location,
    "contact": _contact,
    "dice": _dice,
}

# What stands around the content of any message.
_AROUND = frozenset(
    {
        "message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat", "sender_boost_count",
        "sender_business_bot", "sender_tag", "date", "guest_query_id", "business_connection_id", "chat",
        "forward_origin", "forward_from", "forward_from_chat", "forward_date", "forward_from_message_id",
        "forward_sender_name", "forward_signature", "is_topic_message", "is_automatic_forward", "reply_to_message",
        "external_reply", "quote", "reply_to_story", "reply_to_checklist_task_id", "via_bot", "edit_date",
        "has_protected_content", "is_from_offline", "is_paid_post", "media_group_id", "author_signature",
        "paid_star_count", "entities", "link_preview_options", "suggested_post_info", "effect_id", "caption",
        "caption_entities", "show_caption_above_media", "has_media_spoiler", "reply_markup",
    }
)  # fmt: skip

# What happened, and says nothing.
_SERVICE = frozenset(
    {
        "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
        "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
        "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "users_shared", "chat_shared",
        "connected_website", "write_access_allowed", "passport_data", "proximity_alert_triggered", "boost_added",
        "chat_background_set", "forum_topic_created", "forum_topic_edited", "forum_topic_closed",
        "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden", "giveaway_created",
        "video_chat_scheduled", "video_chat_started", "video_chat_ended", "video_chat_participants_invited",
        "web_app_data", "paid_message_price_changed", "direct_message_price_changed",
    }
)  # fmt: skip
