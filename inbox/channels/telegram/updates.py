"""Messages, edits and answers to buttons, to the neutral parts that they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inbox.channels.inbound import (
    ChannelUpdate,
    Delivery,
    InboundMessage,
    Kind,
    MessageEdit,
    Part,
    StatusUpdate,
    Unhandled,
)
from inbox.channels.reading import SHORT, identifier, mapping, moment, sequence, text
from inbox.channels.telegram.content import content, quoted, service
from inbox.channels.telegram.people import Person, message_id, number, person

CALLBACK = "callback"  # of a ChannelUpdate: a button was pressed, and its phone waits for an answer


class Unreadable(ValueError):
    """Why an update cannot be parts. Without content: it is shown to the operator."""


@dataclass(frozen=True, slots=True)
class Envelope:
    bot: str
    update: str
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Talk:
    """The chat an update is of. is_echo: the account's owner wrote it."""

    chat: Person
    receiver: str
    is_private: bool
    is_echo: bool
    by_bot: bool

    def common(self, at: datetime, external_id: str) -> dict[str, Any]:
        """What all parts about a person have. The chat has the other person's name, whoever wrote."""
        return {
            "receiver": self.receiver,
            "sender": self.chat.key,
            "at": at,
            "external_id": external_id,
            "keys": (self.chat.key,),
            "name": self.chat.name,
            "username": self.chat.username,
            "is_echo": self.is_echo,
        }


def talk(given: dict[str, Any], envelope: Envelope) -> Talk:
    """Raises Unreadable."""
    chat, kind = person(given.get("chat")), text(mapping(given.get("chat")).get("type"), 20)
    if not chat.id:
        raise Unreadable("names no chat")
    connection = identifier(given.get("business_connection_id"))
    writer = number(mapping(given.get("from")).get("id"))
    return Talk(
        chat=chat,
        receiver=connection or envelope.bot,
        is_private=kind == "private",
        is_echo=bool(connection and writer and writer != chat.id),
        by_bot=bool(connection) and bool(mapping(given.get("sender_business_bot"))),
    )


def message(given: dict[str, Any], envelope: Envelope) -> tuple[Part, ...]:
    """Somebody wrote: to the bot, to the account, or the owner from it. Raises Unreadable."""
    there = talk(given, envelope)
    if not there.is_private:
        return (elsewhere("message", given, there, envelope),)
    external_id = _id(there, given.get("message_id"))
    at = moment(given.get("date"), envelope.arrived_at)
    if there.by_bot:  # ours, sent through the account: it is here, or will be in a moment
        told = StatusUpdate(
            receiver=there.receiver,
            sender=there.chat.key,
            at=at,
            external_id=external_id,
            correlation=None,
            status=Delivery.SENT,
        )
        return (told,)
    said = content(given)
    if said is None:
        return (
            Unhandled(
                receiver=there.receiver, sender=there.chat.key, at=at, name=f"service:{service(given)}"
            ),
        )
    answered = number(mapping(given.get("reply_to_message")).get("message_id"))
    return (
        InboundMessage(
            **there.common(at, external_id),
            kind=said.kind,
            text=said.text,
            data=said.data | quoted(given),
            media=said.media,
            reply_to=message_id(there.chat.id, answered) if answered else None,
            forwarded="forward_origin" in given or "forward_date" in given,
            sequence=_sequence(given),
        ),
    )


def edit(given: dict[str, Any], envelope: Envelope) -> tuple[Part, ...]:
    """What the message says now. Raises Unreadable."""
    there = talk(given, envelope)
    if not there.is_private:
        return (elsewhere("edited_message", given, there, envelope),)
    at = moment(given.get("edit_date") or given.get("date"), envelope.arrived_at)
    said = content(given)
    if said is None or said.data.get("live") or there.by_bot:
        name = "live_location" if said and said.data.get("live") else "edited_message"
        return (Unhandled(receiver=there.receiver, sender=there.chat.key, at=at, name=name),)
    target = _id(there, given.get("message_id"))
    return (
        MessageEdit(
            **there.common(at, f"edit:{envelope.update}"),
            target=target,
            text=said.text,
            data=said.data,
            media=said.media,
        ),
    )


def callback(given: dict[str, Any], envelope: Envelope) -> tuple[Part, ...]:
    """A button of ours was pressed: an answer of theirs, and a word to their phone, which waits for it.

    A press has no time of its own. Raises Unreadable.
    """
    query, below = identifier(given.get("id")), mapping(given.get("message"))
    if not query:
        raise Unreadable("a pressed button has no id")
    who = person(given.get("from"))
    there = talk(below, envelope) if below else Talk(who, envelope.bot, True, False, False)
    if not there.is_private:
        return (elsewhere("callback_query", below, there, envelope),)
    data = text(given.get("data"), 200)
    title = _title(below, data)
    common = there.common(envelope.arrived_at, f"callback:{query}") | {"is_echo": False}
    if who.id == there.chat.id:
        common |= {"name": who.name, "username": who.username}
    pressed = number(below.get("message_id"))
    return (
        InboundMessage(
            **common,
            kind=Kind.REPLY,
            text=title or data or "?",
            data={"id": data, "title": title or data},
            reply_to=message_id(there.chat.id, pressed) if pressed else None,
        ),
        ChannelUpdate(
            receiver=there.receiver,
            sender=there.chat.key,
            at=envelope.arrived_at,
            what=CALLBACK,
            event=query,
        ),
    )


def elsewhere(name: str, given: dict[str, Any], there: Talk, envelope: Envelope) -> Part:
    """Of a group or channel: no conversation with somebody. Counted, so that an admin sees why nothing comes of it."""
    return Unhandled(
        receiver=envelope.bot, sender=f"chat:{there.chat.id}", at=envelope.arrived_at, name=f"group:{name}"
    )


def _id(there: Talk, given: Any) -> str:
    found = number(given)
    if not found or found.startswith("-"):
        raise Unreadable("a message has no number")
    return message_id(there.chat.id, found)


def _sequence(given: dict[str, Any]) -> int:
    return int(number(given.get("message_id")) or 0)


def _title(below: dict[str, Any], data: str) -> str:
    """What stands on the button that has this data."""
    for row in sequence(mapping(below.get("reply_markup")).get("inline_keyboard")):
        for button in sequence(row):
            if text(mapping(button).get("callback_data"), 200) == data:
                return text(mapping(button).get("text"), SHORT)
    return ""
