"""What is no message: blocked and unblocked, reactions, deletions, and the connection of an account."""

from __future__ import annotations

from typing import Any

from inbox.channels.inbound import (
    ChannelUpdate,
    MessageRevocation,
    Part,
    ReachabilityChange,
    ReactionChange,
)
from inbox.channels.reading import flag, identifier, mapping, moment, sequence, text
from inbox.channels.telegram.people import message_id, number, person
from inbox.channels.telegram.updates import Envelope, Talk, Unreadable, elsewhere, talk

CONNECTION = "connection"  # of a ChannelUpdate: an account was connected, changed or taken away
STANDS = {"member": True, "kicked": False, "left": False}
CUSTOM, PAID = "✨", "⭐"  # what stands for an emoji of Telegram's own, and for one that was paid for
DELETED = 200  # of one update; Telegram sends at most a hundred


def membership(given: dict[str, Any], envelope: Envelope) -> tuple[Part, ...]:
    """In a private chat: they blocked the bot, or unblocked it. Raises Unreadable."""
    there = talk(given, envelope)
    if not there.is_private:
        return (elsewhere("my_chat_member", given, there, envelope),)
    status = text(mapping(given.get("new_chat_member")).get("status"), 40)
    if status not in STANDS:
        raise Unreadable("a membership has no status that is known")
    at = moment(given.get("date"), envelope.arrived_at)
    common = there.common(at, f"member:{envelope.update}")
    return (ReachabilityChange(**common, reachable=STANDS[status]),)


def reaction(given: dict[str, Any], envelope: Envelope) -> tuple[Part, ...]:
    """The last of what they put on it; none takes it away. Raises Unreadable."""
    there = talk(given, envelope)
    if not there.is_private:
        return (elsewhere("message_reaction", given, there, envelope),)
    target = number(given.get("message_id"))
    if not target:
        raise Unreadable("a reaction names no message")
    put = [mapping(one) for one in sequence(given.get("new_reaction"))]
    at = moment(given.get("date"), envelope.arrived_at)
    return (
        ReactionChange(
            **there.common(at, f"reaction:{envelope.update}"),
            target=message_id(there.chat.id, target),
            emoji=_emoji(put[-1]) if put else "",
        ),
    )


def deletion(given: dict[str, Any], envelope: Envelope) -> tuple[Part, ...]:
    """Messages of an account were deleted, by the owner or by the other one: nobody says by whom. Raises Unreadable."""
    there = talk(given, envelope)
    numbers = [number(one) for one in sequence(given.get("message_ids"))[:DELETED]]
    if not any(numbers):
        raise Unreadable("a deletion names no message")
    return tuple(
        _deleted(there, one, envelope, is_echo=is_echo) for one in numbers if one for is_echo in (False, True)
    )


def connection(given: dict[str, Any], envelope: Envelope) -> tuple[Part, ...]:
    """An account's owner let the bot in, changed what it may, or took it away. Raises Unreadable."""
    facts = connected(given)
    if not (facts["id"] and facts["owner"]):
        raise Unreadable("a connection names no account")
    return (
        ChannelUpdate(
            receiver=envelope.bot,
            sender=f"connection:{facts['id']}"[:200],
            at=moment(given.get("date"), envelope.arrived_at),
            what=CONNECTION,
            event=facts["id"],
            data={**facts, "update": int(envelope.update)},
        ),
    )


def connected(given: dict[str, Any]) -> dict[str, Any]:
    """A BusinessConnection, as it is kept. Before Bot API 9 there was one right, outside of `rights`."""
    owner, rights = person(given.get("user")), mapping(given.get("rights"))
    named = [name for name in ("can_reply", "can_read_messages") if flag(rights.get(name))]
    if flag(given.get("can_reply")) and "can_reply" not in named:
        named.insert(0, "can_reply")
    return {
        "id": identifier(given.get("id")),
        "owner": owner.id,
        "name": owner.name,
        "username": owner.username,
        "rights": named,
        "is_enabled": flag(given.get("is_enabled")),
        "date": moment_of(given),
    }


def moment_of(given: dict[str, Any]) -> int:
    date = given.get("date")
    return date if isinstance(date, int) and not isinstance(date, bool) and 0 < date < 1 << 40 else 0


def _deleted(there: Talk, one: str, envelope: Envelope, *, is_echo: bool) -> Part:
    side = "ours" if is_echo else "theirs"
    common = there.common(envelope.arrived_at, f"deleted:{there.chat.id}:{one}:{side}") | {"is_echo": is_echo}
    return MessageRevocation(**common, target=message_id(there.chat.id, one))


def _emoji(given: dict[str, Any]) -> str:
    kind = text(given.get("type"), 20)
    return text(given.get("emoji"), 32) or {"custom_emoji": CUSTOM, "paid": PAID}.get(kind, CUSTOM)
