"""What a message of the Messenger Platform says: its text and attachments, to kind, text, data and media.

Total: what is not understood is of kind UNSUPPORTED, and its types are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from inbox.channels.inbound import BY_CONTENT, Kind, MediaRef
from inbox.channels.meta.hosts import is_origin, is_store
from inbox.channels.reading import SHORT, TEXT, chosen, flag, mapping, number, sequence, text

ATTACHMENTS = 30
URL = 4000


@dataclass
class Said:
    """Gathered from one message."""

    kind: Kind | None = None
    words: list[str] = field(default_factory=list)  # of what is shared: shown where the message has no text
    data: dict[str, Any] = field(default_factory=dict)
    media: list[MediaRef] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Content:
    kind: Kind
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    media: tuple[MediaRef, ...] = ()


def content(message: dict[str, Any]) -> Content:
    """Of `message`, whoever wrote it."""
    if flag(message.get("is_unsupported")):
        return Content(Kind.UNSUPPORTED, data={"type": "unsupported"})
    said = Said()
    for one in sequence(message.get("attachments"))[:ATTACHMENTS]:
        named, payload = text(mapping(one).get("type"), 40), mapping(mapping(one).get("payload"))
        if not _READERS.get(named, _unknown)(said, named, mapping(one), payload):
            said.unknown.append(named or "?")
    _story_answered(said, message)
    return _made(said, message)


def _made(said: Said, message: dict[str, Any]) -> Content:
    written = text(message.get("text"), TEXT)
    data = dict(said.data)
    if isinstance(message.get("text"), str) and len(message["text"]) > TEXT:
        data["cut"] = len(message["text"])
    choice = mapping(message.get("quick_reply"))
    if choice and written:
        data |= {"id": text(choice.get("payload"), SHORT), "title": written}
        return Content(Kind.REPLY, written, data, tuple(said.media))
    if said.unknown:
        data["types"] = said.unknown
    words = written or "\n".join(said.words)
    kind = said.kind or (Kind.TEXT if words or said.media else Kind.UNSUPPORTED)
    if kind is Kind.UNSUPPORTED:
        data |= {"type": ",".join(said.unknown)[:SHORT] or "empty"}
    return Content(kind, words, data, tuple(said.media))


def _file(kind: Kind, claimed: str = "") -> Callable[[Said, str, dict[str, Any], dict[str, Any]], bool]:
    def read(said: Said, named: str, _one: dict[str, Any], payload: dict[str, Any]) -> bool:
        actual, as_kind = kind, claimed or kind.value
        if payload.get("sticker_id") and kind is Kind.IMAGE:
            actual, as_kind = Kind.STICKER, Kind.STICKER.value
        return _add(said, payload.get("url"), actual, as_kind)

    return read


def _shared(said: Said, named: str, one: dict[str, Any], payload: dict[str, Any]) -> bool:
    """A post, a reel or a link: its file where we are given one, else its address."""
    url = _url(payload.get("url")) or _url(one.get("url"))
    title = text(payload.get("title"), SHORT) or text(one.get("title"), SHORT)
    if not (url or title):
        return False
    said.data.setdefault(
        "shared", {"what": named, **chosen(payload, "id", "ig_post_media_id", "reel_video_id")}
    )
    if url and _is_file(url):
        if title:
            said.words.append(title)
        return _add(said, url, Kind.IMAGE, BY_CONTENT)
    said.words += filter(None, [title, url])
    return True


def _story(what: str) -> Callable[[Said, str, dict[str, Any], dict[str, Any]], bool]:
    def read(said: Said, named: str, _one: dict[str, Any], payload: dict[str, Any]) -> bool:
        said.data["story"] = {"what": what, **chosen(payload, "id", "story_media_id")}
        _add(said, payload.get("url") or payload.get("story_media_url"), Kind.IMAGE, BY_CONTENT)
        said.kind = said.kind or Kind.TEXT
        return True

    return read


def _location(said: Said, named: str, one: dict[str, Any], payload: dict[str, Any]) -> bool:
    there = mapping(payload.get("coordinates"))
    latitude, longitude = number(there.get("lat")), number(there.get("long"))
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return False
    place = {"latitude": latitude, "longitude": longitude}
    name = text(one.get("title"), SHORT)
    said.kind = Kind.LOCATION
    said.data |= {**place, **({"name": name} if name else {})}
    return True


def _template(said: Said, named: str, one: dict[str, Any], payload: dict[str, Any]) -> bool:
    """Cards that another app sent (an echo): their words."""
    parts = [payload, *(mapping(element) for element in sequence(payload.get("elements"))[:10])]
    words = [
        text(part.get(name), SHORT)
        for part in parts
        for name in ("text", "title", "subtitle")
        if part.get(name)
    ]
    title = text(one.get("title"), SHORT)
    said.words += words or ([title] if title else [])
    return bool(words or title)


def _unknown(said: Said, named: str, one: dict[str, Any], payload: dict[str, Any]) -> bool:
    """A type of next year, which may still be a file."""
    url = _url(payload.get("url"))
    return bool(url) and _is_file(url) and _add(said, url, Kind.DOCUMENT, BY_CONTENT)


_READERS: dict[str, Callable[[Said, str, dict[str, Any], dict[str, Any]], bool]] = {
    "image": _file(Kind.IMAGE),
    "audio": _file(Kind.AUDIO),
    "video": _file(Kind.VIDEO),
    "file": _file(Kind.DOCUMENT, BY_CONTENT),
    "sticker": _file(Kind.STICKER),
    "animated_image": _file(Kind.IMAGE),
    "location": _location,
    "template": _template,
    "fallback": _shared,
    "share": _shared,
    "post": _shared,
    "ig_post": _shared,
    "reel": _shared,
    "ig_reel": _shared,
    "story_mention": _story("mention"),
    "ig_story": _story("share"),
    "ig_story_share": _story("share"),
}


def _story_answered(said: Said, message: dict[str, Any]) -> None:
    """`reply_to.story`: what of ours they answer. Its picture is fetched with the message, since it lives for a day."""
    story = mapping(mapping(message.get("reply_to")).get("story"))
    if not story:
        return
    said.data["story"] = {"what": "reply", **chosen(story, "id")}
    kind = said.kind
    _add(said, story.get("url"), Kind.TEXT, BY_CONTENT)
    said.kind = kind or Kind.TEXT


def _add(said: Said, given: Any, kind: Kind, claimed: str) -> bool:
    url = _url(given)
    if not url:
        return False
    said.kind = said.kind or kind
    said.media.append(MediaRef(provider_id="", url=url, kind=claimed))
    return True


def _url(value: Any) -> str:
    found = value if isinstance(value, str) and len(value) <= URL else ""
    found = text(found, URL).strip()
    return found if found.startswith(("https://", "http://")) else ""


def _is_file(url: str) -> bool:
    """Whether what is shared is a file to keep, and not a page to look at."""
    return is_store(url) or any(
        is_origin(url, one) for one in (settings.META_API_URL, settings.INSTAGRAM_API_URL)
    )
