"""WhatsApp's webhooks: every entry, every change, every element, each to one part at least; see `meta.envelopes`.

    parse(body, arrived_at) → (InboundMessage(…), StatusUpdate(…), Malformed(…), …)

The field of a change says what its elements are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from inbox.channels.inbound import Part
from inbox.channels.meta import envelopes
from inbox.channels.meta.envelopes import malformed
from inbox.channels.reading import identifier, mapping, sequence, text
from inbox.channels.whatsapp import notices, people
from inbox.channels.whatsapp.app import OBJECT
from inbox.channels.whatsapp.messages import Envelope, message


def parse(body: bytes, arrived_at: datetime) -> tuple[Part, ...]:
    """The parts of one webhook that is WhatsApp's."""
    return envelopes.parse(body, arrived_at, {OBJECT: entry})


def entry(given: Any, where: str, arrived_at: datetime) -> Iterator[Part]:
    one_entry = mapping(given)
    account = identifier(one_entry.get("id"))
    changes = one_entry.get("changes")
    if not isinstance(changes, list):
        yield malformed("no list of changes", where, account, account, arrived_at)
        return
    for index, one in enumerate(changes):
        place = f"{where}.changes[{index}]"
        change = mapping(one)
        value = change.get("value")
        if not isinstance(value, dict):
            yield malformed("a change has no value", place, account, account, arrived_at)
            continue
        number = identifier(mapping(value.get("metadata")).get("phone_number_id"))
        envelope = Envelope(number or account, account, arrived_at, people.contacts(value))
        yield from _change(text(change.get("field"), 80), value, place, envelope, one_entry.get("time"))


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
            yield malformed(
                "not a list", f"{where}.{name}", envelope.receiver, envelope.account, envelope.arrived_at
            )
            continue
        for index, one in enumerate(elements):
            yield _read(partial(reader, one), f"{where}.{name}[{index}]", envelope)


def _read(reader: Callable[[Envelope], Part], where: str, envelope: Envelope) -> Part:
    return envelopes.read(
        partial(reader, envelope), where, envelope.receiver, envelope.account, envelope.arrived_at
    )


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
