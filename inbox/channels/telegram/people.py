"""Who somebody on Telegram is: a user's number, which is also the number of their private chat with a bot.

Numbers have up to 52 bits: they are kept as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inbox.channels.reading import mapping, text

LARGEST = 1 << 53


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str = ""
    username: str = ""

    @property
    def key(self) -> str:
        return f"tg:{self.id}"


def number(value: Any) -> str:
    """An id as text; empty where it is none. Of groups they are negative."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        return ""
    return str(value)


def person(given: Any) -> Person:
    """A User, or the Chat that is one."""
    user = mapping(given)
    names = [text(user.get(name), 80).strip() for name in ("first_name", "last_name")]
    return Person(
        id=number(user.get("id")),
        name=" ".join(filter(None, names)),
        username=text(user.get("username"), 80).strip(),
    )


def chat_of(key: str) -> int | None:
    """The chat behind an identity's key."""
    kind, _colon, written = key.partition(":")
    return int(written) if kind == "tg" and written.isdecimal() else None


def message_id(chat: str, number_: str) -> str:
    """What a message is called here: its number counts within its chat only."""
    return f"{chat}:{number_}"


def number_of(external_id: str) -> int | None:
    """The other way round."""
    _chat, _colon, written = external_id.partition(":")
    return int(written) if written.isdecimal() else None
