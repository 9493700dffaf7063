"""A webhook's body, whole: every entry, every change, every element, each to one part at least.

    parse(body, arrived_at) → (InboundMessage(…), StatusUpdate(…), Malformed(…), …)

1. The body is JSON of object `whatsapp_business_account`; else it is one Malformed or Unhandled part.
2. Entries, changes and their elements are read in their order; the field of a change says what its elements are.
3. An element that cannot be read becomes a Malformed part that says why and where; its neighbours are not touched.
   Of a million of them the first MALFORMED say enough.
4. What is recognised and not acted on becomes an Unhandled part with a stable name.

Total: for any bytes there are parts, and nothing is raised. The caller has verified the signature.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from inbox.channels.inbound import Malformed, Part, Unhandled
from inbox.channels.reading import identifier, loads, mapping, sequence, text
from inbox.channels.whatsapp import notices, people
from inbox.channels.whatsapp.messages import Envelope, Unreadable, message

logger = logging.getLogger(__name__)

OBJECT = "whatsapp_business_account"
MALFORMED = 100  # kept of one webhook


def parse(body: bytes, arrived_at: datetime) -> tuple[Part, ...]:
    """The parts of one webhook, in their order. `arrived_at` is aware, and stands in for absurd times."""
    try:
        given = loads(body)
    except ValueError as error:
        reason = "nested too deeply" if "deeply" in str(error) else "not JSON"
        return (_malformed(reason, "body", "", "", arrived_at),)
    if not isinstance(given, dict):
        return (_malformed("the body is not an object", "body", "", "", arrived_at),)
    if given.get("object") != OBJECT:
        named = text(given.get("object"), 60) or "?"
        return (Unhandled(receiver="", sender="", at=arrived_at, name=f"object:{named}"),)
    entries = given.get("entry")
    if not isinstance(entries, list):
        return (_malformed("no list of entries", "entry", "", "", arrived_at),)
    return tuple(
        _bounded(
            part
            for index, entry in enumerate(entries)
            for part in _entry(entry, f"entry[{index}]", arrived_at)
        )
    )


def _bounded(parts: Iterator[Part]) -> Iterator[Part]:
    malformed = 0
    for part in parts:
        malformed += isinstance(part, Malformed)
        if malformed <= MALFORMED or not isinstance(part, Malformed):
            yield part


def _entry(given: Any, where: str, arrived_at: datetime) -> Iterator[Part]:
    entry = mapping(given)
    account = identifier(entry.get("id"))
    changes = entry.get("changes")
    if not isinstance(changes, list):
        yield _malformed("no list of changes", where, account, account, arrived_at)
        return
    for index, one in enumerate(changes):
        place = f"{where}.changes[{index}]"
        change = mapping(one)
        value = change.get("value")
        if not isinstance(value, dict):
            yield _malformed("a change has no value", place, account, account, arrived_at)
            continue
        number = identifier(mapping(value.get("metadata")).get("phone_number_id"))
        envelope = Envelope(number or account, account, arrived_at, people.contacts(value))
        yield from _change(text(change.get("field"), 80), value, place, envelope, entry.get("time"))


def _change(field: str, value: dict[str, Any], where: str, envelope: Envelope, time: Any) -> Iterator[Part]:
    told = notices.at_time(envelope, time)
    if field in _ELEMENTS:
        found = chain(_elements(_ELEMENTS[field], value, where, envelope), notices.failure(value, told))
        first = next(found, notices.unhandled(f"{field}:empty", told))
        yield from chain([first], found)
    elif field in _TEMPLATE:
        yield _read(partial(notices.template, _TEMPLATE[field], value), where, told)
    elif field in _CHANNEL:
        yield notices.channel(_CHANNEL[field], value, told)
    elif field == "history":
        yield from notices.history(value, told) + notices.failure(value, told) or [
            notices.unhandled("history", told)
        ]
    elif field == "smb_app_state_sync":
        yield notices.unhandled("contact_sync", told, contacts=len(sequence(value.get("state_sync"))))
    else:
        yield notices.unhandled(f"field:{field or '?'}", told)


def _elements(
    readers: dict[str, Callable[[Any, Envelope], Part]], value: dict[str, Any], where: str, envelope: Envelope
) -> Iterator[Part]:
    for name, reader in readers.items():
        elements = value.get(name)
        if elements is None:
            continue
        if not isinstance(elements, list):
            yield _malformed(
                "not a list", f"{where}.{name}", envelope.receiver, envelope.account, envelope.arrived_at
            )
            continue
        for index, one in enumerate(elements):
            yield _read(partial(reader, one), f"{where}.{name}[{index}]", envelope)


def _read(reader: Callable[[Envelope], Part], where: str, envelope: Envelope) -> Part:
    """One element. Whatever goes wrong in it stays in it."""
    try:
        return reader(envelope)
    except Unreadable as error:
        reason = str(error)
    except Exception as error:
        # A fault of ours, of which the fuzzing knows nothing: one element must not cost the batch its neighbours. The
        # part says so to the operator, the journal keeps the body, and the log the place.
        logger.exception("A part of a webhook could not be read", extra={"where": where})
        reason = f"our fault: {type(error).__name__}"
    return _malformed(reason, where, envelope.receiver, envelope.account, envelope.arrived_at)


def _malformed(reason: str, where: str, receiver: str, account: str, at: datetime) -> Malformed:
    return Malformed(receiver=receiver, account=account, sender="", at=at, reason=reason, where=where)


def _echo(given: Any, envelope: Envelope) -> Part:
    return message(given, envelope, is_echo=True)


_ELEMENTS: dict[str, dict[str, Callable[[Any, Envelope], Part]]] = {
    "messages": {"messages": message, "statuses": notices.status},
    "smb_message_echoes": {"message_echoes": _echo},
    "user_preferences": {"user_preferences": notices.preference},
    "user_id_update": {"user_id_update": notices.identity},
}
_TEMPLATE = {
    "message_template_status_update": "status",
    "message_template_quality_update": "quality",
    "template_category_update": "category",
    "message_template_components_update": "components",
}
_CHANNEL = {
    "account_update": "account",
    "account_alerts": "alert",
    "account_review_update": "review",
    "business_capability_update": "limit",
    "phone_number_quality_update": "quality",
    "phone_number_name_update": "name",
    "security": "security",
}
