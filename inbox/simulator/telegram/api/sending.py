"""Sending: from the request to a bubble on the customer's phone. What Telegram refuses is refused."""

import html
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inbox.simulator.telegram import updates
from inbox.simulator.telegram.api.accounts import connection_of
from inbox.simulator.telegram.errors import BotError, bad
from inbox.simulator.telegram.world import Bot, Connection, Customer, name, number_of
from inbox.simulator.web import Part, Payload, Request
from inbox.simulator.world import Media, Message, now

if TYPE_CHECKING:
    from inbox.simulator.telegram.provider import Provider

MB = 1024 * 1024
SIZES = {"photo": 10 * MB, "video": 50 * MB, "audio": 50 * MB, "voice": 50 * MB, "document": 50 * MB}
SHOWN = {"photo": "image", "video": "video", "audio": "audio", "voice": "audio", "document": "document"}
TAG = re.compile(r"</?(?:b|strong|i|em|u|ins|s|strike|del|code|pre|a|tg-spoiler|blockquote)(?:\s[^<>]*)?>")


class Place:
    """Where a message goes: the line it comes from, and to whom."""

    def __init__(self, provider: "Provider", bot: Bot, asked: Payload) -> None:
        connection_id = asked.get("business_connection_id")
        self.bot = bot
        self.connection: Connection | None = (
            connection_of(provider, bot, connection_id) if connection_id else None
        )
        self.line = self.connection.id if self.connection else bot.id
        self.customer = _customer(provider, self, asked.get("chat_id"))
        self.reply_to = _answered(provider, self, asked.get("reply_parameters"))


def message(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> Payload:
    place = Place(provider, bot, asked)
    text = _words(asked, "text", 4096, required=True)
    buttons = _buttons(asked.get("reply_markup"))
    said: Payload = {"text": text, **({"reply_markup": _object(asked["reply_markup"])} if buttons else {})}
    if buttons:
        shown = {"type": "button", "body": {"text": text}, "action": {"buttons": buttons}}
        return _made(provider, place, "interactive", shown, said)
    return _made(provider, place, "text", {"body": text}, said)


def file(kind: str) -> Callable[["Provider", Bot, Payload, Request], Payload]:
    def send(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> Payload:
        place = Place(provider, bot, asked)
        part = request.parts().get(kind)
        if part is None or not part.content:
            raise bad("file must be non-empty")
        return _file(provider, place, kind, part, _words(asked, "caption", 1024))

    return send


def media_group(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> list[Payload]:
    place = Place(provider, bot, asked)
    media = _object(asked.get("media"))
    if not isinstance(media, list) or not 2 <= len(media) <= 10:
        raise bad("wrong number of messages in an album: 2-10 are allowed")
    kinds = {str(one.get("type")) for one in media}
    if not (kinds <= {"photo", "video"} or len(kinds) == 1):
        raise bad("these media can't be sent in one album")
    parts, group = request.parts(), str(provider.world.next_id("album", first=13_000_001))
    made = []
    for one in media:
        part = parts.get(str(one.get("media", "")).removeprefix("attach://"))
        if part is None or not part.content:
            raise bad("file must be non-empty")
        made.append(_file(provider, place, str(one["type"]), part, _words(one, "caption", 1024), group))
    return made


def location(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> Payload:
    place = Place(provider, bot, asked)
    spot = {"latitude": _number(asked, "latitude", 90), "longitude": _number(asked, "longitude", 180)}
    return _made(provider, place, "location", spot, {"location": spot})


def venue(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> Payload:
    place = Place(provider, bot, asked)
    spot = {"latitude": _number(asked, "latitude", 90), "longitude": _number(asked, "longitude", 180)}
    names = {"title": asked.get("title"), "address": asked.get("address")}
    if not all(isinstance(said, str) and said for said in names.values()):
        raise bad("venue has no title or address")
    shown = {**spot, "name": names["title"], "address": names["address"]}
    return _made(provider, place, "location", shown, {"venue": {"location": spot, **names}, "location": spot})


def contact(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> Payload:
    place = Place(provider, bot, asked)
    phone, first = asked.get("phone_number"), asked.get("first_name")
    if not phone or not first:
        raise bad("phone number and first name are required")
    shown = [{"name": {"formatted_name": first}, "phones": [{"phone": phone}]}]
    return _made(
        provider, place, "contacts", shown, {"contact": {"phone_number": phone, "first_name": first}}
    )


def _customer(provider: "Provider", place: Place, chat_id: Any) -> Customer:
    if isinstance(chat_id, str) and chat_id.lstrip("-").isdecimal():
        chat_id = int(chat_id)  # of a form
    if not isinstance(chat_id, int) or isinstance(chat_id, bool):
        raise bad("chat_id is empty")
    customer = provider.world.customer_by(chat_id)
    if customer is None and provider.trusting and (known := provider.world.book.get(str(chat_id))):
        customer = provider.add_customer(known, tg_id=chat_id, started=True)
    if customer is None:
        raise bad("chat not found")
    if place.connection is not None:
        _check_account(provider, place.connection, customer)
    elif customer.blocked:
        raise BotError(403, "Forbidden: bot was blocked by the user")
    elif not customer.started:
        raise BotError(403, "Forbidden: bot can't initiate conversation with a user")
    return customer


def _check_account(provider: "Provider", connection: Connection, customer: Customer) -> None:
    if not connection.is_enabled:
        raise bad("BUSINESS_CONNECTION_INVALID")
    if "can_reply" not in connection.rights:
        raise bad("BUSINESS_CONNECTION_NOT_ALLOWED")
    talk = provider.world.conversation(connection.id, customer.id)
    if not talk.window_open(now()) and not provider.trusting:
        raise bad("BUSINESS_PEER_USAGE_MISSING")


def _answered(provider: "Provider", place: Place, given: Any) -> str | None:
    if not given:
        return None
    asked = _object(given)
    found = provider.world.find(place.line, place.customer.tg_id, int(asked.get("message_id") or 0))
    if found is None and not asked.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    return found.id if found else None


def _words(asked: Payload, field: str, most: int, *, required: bool = False) -> str:
    said = asked.get(field)
    if said is None and not required:
        return ""
    if not isinstance(said, str) or not said.strip():
        raise bad(f"message {field} is empty")
    if asked.get("parse_mode") == "HTML":
        bare = TAG.sub("", said)
        if "<" in bare:
            raise bad("can't parse entities: Unsupported start tag")
        said = html.unescape(bare)
    if len(said.encode("utf-16-le")) // 2 > most:
        raise bad("message is too long" if field == "text" else "message caption is too long")
    return said


def _buttons(markup: Any) -> list[Payload]:
    if not markup:
        return []
    found = []
    for row in _object(markup).get("inline_keyboard", []):
        for one in row:
            if not one.get("text") or not 1 <= len(str(one.get("callback_data", "")).encode()) <= 64:
                raise bad("BUTTON_DATA_INVALID")
            found.append({"type": "reply", "reply": {"id": one["callback_data"], "title": one["text"]}})
    return found


def _file(
    provider: "Provider", place: Place, kind: str, part: Part, caption: str, group: str | None = None
) -> Payload:
    if len(part.content) > SIZES[kind]:
        raise BotError(413, "Request Entity Too Large")
    kept = provider.store.keep(part.content, part.content_type, filename=part.filename)
    shown: Payload = {"id": kept.id, "mime_type": part.content_type, "filename": part.filename}
    if caption:
        shown["caption"] = caption
    said: Payload = {kind: _described(kind, kept), **({"caption": caption} if caption else {})}
    if group:
        said["media_group_id"] = group
    return _made(provider, place, SHOWN[kind], shown, said, group=group)


def _described(kind: str, media: Media) -> Any:
    if kind == "photo":
        return updates.photo(media.id, media.size)
    return updates.file(media.id, media.mime_type, name=media.filename, size=media.size)


def _made(
    provider: "Provider", place: Place, type_: str, shown: Any, said: Payload, *, group: str | None = None
) -> Payload:
    with provider.world.lock:
        number = provider.world.next_number(place.line)
        message_id = name(place.line, place.customer.tg_id, number)
        made = Message(
            message_id, place.line, place.customer.id, "business", type_, shown, now(), "accepted",
            reply_to=place.reply_to, group=group,
        )  # fmt: skip
        provider.world.add_message(made)
    provider.on_accepted(made)
    user = place.connection.user() if place.connection else place.bot.user()
    answer = updates.content(user, number_of(made), chat=place.customer.chat(), at=made.at, **said)
    if place.connection is not None:  # the bot hears of what it wrote for the account
        answer |= {"business_connection_id": place.connection.id, "sender_business_bot": place.bot.user()}
        provider.send(place.bot, updates.update(business_message=answer))
    return answer


def _object(given: Any) -> Any:
    """As JSON of a form, or as it is."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError:
        raise bad("can't parse JSON of a parameter") from None


def _number(asked: Payload, field: str, most: float) -> float:
    value = asked.get(field)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > most:
        raise bad(f"wrong {field}")
    return value
