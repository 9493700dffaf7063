"""Updates of the Bot API, as the documentation has them: whole bodies, for the fake and for tests that need no server.

updates.message(ANA, 7, text="Hola")                       # a private chat with the bot
updates.message(ANA, 8, photo=updates.photo("F1"), caption="Esta", media_group_id="g1")
updates.business(ANA, 9, connection="C1", text="Hola")     # to an account; by_owner=…: from it
updates.callback(ANA, "q1", "2", below=updates.content(ANA, 7, …))
"""

import itertools
import json
import time
from typing import Any

from inbox.simulator.web import Payload

_numbers = itertools.count(910_000_001)

ANA: Payload = {
    "id": 42,
    "is_bot": False,
    "first_name": "Ana",
    "last_name": "Ruiz",
    "username": "ana",
    "language_code": "es",
}
GROUP: Payload = {"id": -1001234567890, "title": "Vecinos", "type": "supergroup"}


def update(**members: Any) -> Payload:
    return {"update_id": members.pop("update_id", None) or next(_numbers), **members}


def chat_of(user: Payload) -> Payload:
    kept = ("id", "first_name", "last_name", "username")
    return {**{name: user[name] for name in kept if name in user}, "type": "private"}


def content(
    user: Payload, number: int, *, at: float | None = None, chat: Payload | None = None, **members: Any
) -> Payload:
    """A Message. `members`: its content, and what else stands in it; `reply_to`: the number of a quoted one."""
    reply_to = members.pop("reply_to", None)
    quoted = {"reply_to_message": {"message_id": reply_to, "chat": chat or chat_of(user)}} if reply_to else {}
    return {
        "message_id": number,
        "from": user,
        "chat": chat or chat_of(user),
        "date": seconds(at),
        **quoted,
        **members,
    }


def message(user: Payload, number: int, *, update_id: int | None = None, **members: Any) -> Payload:
    return update(update_id=update_id, message=content(user, number, **members))


def edited(user: Payload, number: int, *, update_id: int | None = None, **members: Any) -> Payload:
    members.setdefault("edit_date", seconds(None))
    return update(update_id=update_id, edited_message=content(user, number, **members))


def business(
    user: Payload,
    number: int,
    *,
    connection: str,
    by: Payload | None = None,
    edit: bool = False,
    **members: Any,
) -> Payload:
    """In the chat of an account with `user`. `by`: who wrote, where not they: the owner."""
    members.setdefault("chat", chat_of(user))
    said = content(by or user, number, business_connection_id=connection, **members)
    return update(**{"edited_business_message" if edit else "business_message": said})


def callback(user: Payload, query: str, data: str, *, below: Payload | None = None, **more: Any) -> Payload:
    given = {"id": query, "from": user, "chat_instance": "-77", "data": data, **more}
    return update(callback_query={**given, **({"message": below} if below else {})})


def membership(
    user: Payload, status: str, *, at: float | None = None, chat: Payload | None = None
) -> Payload:
    """ "kicked": they blocked the bot; "member": they unblocked it."""
    bot = {"id": 7, "is_bot": True, "first_name": "Bot"}
    old = {"member": "kicked", "kicked": "member"}.get(status, "member")
    return update(
        my_chat_member={
            "chat": chat or chat_of(user),
            "from": user,
            "date": seconds(at),
            "old_chat_member": {"user": bot, "status": old},
            "new_chat_member": {"user": bot, "status": status},
        }
    )


def reaction(user: Payload, number: int, *emoji: str, at: float | None = None) -> Payload:
    new = [{"type": "emoji", "emoji": one} for one in emoji]
    given = {"chat": chat_of(user), "message_id": number, "user": user, "date": seconds(at)}
    return update(message_reaction={**given, "old_reaction": [], "new_reaction": new})


def deleted(user: Payload, *numbers: int, connection: str) -> Payload:
    given = {"business_connection_id": connection, "chat": chat_of(user), "message_ids": list(numbers)}
    return update(deleted_business_messages=given)


def photo(file_id: str, size: int = 1000) -> list[Payload]:
    """Small and large."""
    return [
        {"file_id": f"{file_id}-small", "file_unique_id": "u1", "width": 90, "height": 60, "file_size": 90},
        {"file_id": file_id, "file_unique_id": "u2", "width": 1280, "height": 853, "file_size": size},
    ]


def file(file_id: str, mime: str, *, name: str | None = None, size: int = 1000, **more: Any) -> Payload:
    named = {"file_name": name} if name else {}
    return {"file_id": file_id, "file_unique_id": "u3", "mime_type": mime, "file_size": size, **named, **more}


def seconds(at: float | None) -> int:
    return int(time.time() if at is None else at)


def raw(body: object) -> bytes:
    """The bytes on the wire: compact, as UTF-8 escapes nothing but what JSON must."""
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()
