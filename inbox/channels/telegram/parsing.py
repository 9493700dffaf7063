"""An update, whole, as parts. A webhook's body is one update: a number, and one member that says what it is.

    parse(app, body, arrived_at) → (InboundMessage(…),)

1. The member's name chooses the reader; one that nobody knows becomes an Unhandled part with a stable name.
2. What is of a group or a channel is Unhandled too: a conversation is with one person.
3. The receiver is the bot, or the business connection where the update is of one.
4. What cannot be read becomes a Malformed part that says why and where.

Total: for any bytes there are parts, and nothing is raised. The caller has verified the secret.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from inbox.channels.inbound import Malformed, Part, Unhandled
from inbox.channels.reading import loads, mapping, text
from inbox.channels.telegram import notices, updates
from inbox.channels.telegram.people import number
from inbox.channels.telegram.updates import Envelope, Unreadable
from inbox.models import ProviderApp

logger = logging.getLogger(__name__)

Reader = Callable[[dict[str, Any], Envelope], tuple[Part, ...]]


def parse(app: ProviderApp, body: bytes, arrived_at: datetime) -> tuple[Part, ...]:
    """The parts of one webhook of the app's bot. `arrived_at` is aware, and stands in for absurd times."""
    return parts(str(app.secrets.get("bot_id", "")), body, arrived_at)


def parts(bot: str, body: bytes, arrived_at: datetime) -> tuple[Part, ...]:
    try:
        given = loads(body)
    except ValueError as error:
        reason = "nested too deeply" if "deeply" in str(error) else "not JSON"
        return (_malformed(reason, "body", bot, arrived_at),)
    if not isinstance(given, dict):
        return (_malformed("the body is not an object", "body", bot, arrived_at),)
    update = number(given.get("update_id"))
    if not update:
        return (_malformed("no update_id", "body", bot, arrived_at),)
    envelope = Envelope(bot, update, arrived_at)
    for name, read in _READERS.items():
        if name in given:
            return _read(read, given[name], name, envelope)
    named = next((text(name, 60) for name in given if name != "update_id"), "empty")
    return (Unhandled(receiver=bot, sender="", at=arrived_at, name=f"update:{named}"),)


def _read(read: Reader, given: Any, name: str, envelope: Envelope) -> tuple[Part, ...]:
    try:
        if not mapping(given):
            raise Unreadable("not an object")
        return read(given, envelope)
    except Unreadable as error:
        reason = str(error)
    except Exception as error:
        # A fault of ours, of which the fuzzing knows nothing. The part says so to the operator, the journal keeps the
        # body, and the log the place.
        logger.exception("An update could not be read", extra={"where": name})
        reason = f"our fault: {type(error).__name__}"
    return (_malformed(reason, name, envelope.bot, envelope.arrived_at),)


def _malformed(reason: str, where: str, receiver: str, at: datetime) -> Malformed:
    return Malformed(receiver=receiver, sender="", at=at, reason=reason, where=where)


_READERS: dict[str, Reader] = {
    "message": updates.message,
    "edited_message": updates.edit,
    "callback_query": updates.callback,
    "my_chat_member": notices.membership,
    "message_reaction": notices.reaction,
    "business_connection": notices.connection,
    "business_message": updates.message,
    "edited_business_message": updates.edit,
    "deleted_business_messages": notices.deletion,
}
UPDATES = tuple(_READERS)  # what we ask Telegram for
