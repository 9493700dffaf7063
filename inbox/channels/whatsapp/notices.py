"""Everything in a webhook but messages: statuses, templates, the account, the number, preferences, synchronisation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from inbox.channels.inbound import (
    ChannelUpdate,
    ConsentChange,
    Delivery,
    IdentityChange,
    Part,
    StatusUpdate,
    TemplateUpdate,
    Unhandled,
)
from inbox.channels.meta.envelopes import Unreadable
from inbox.channels.reading import chosen, digits, identifier, mapping, moment, sequence, storable, text
from inbox.channels.whatsapp import people
from inbox.channels.whatsapp.messages import Envelope, errors

_DELIVERY = {status.value: status for status in Delivery}


def status(given: Any, envelope: Envelope) -> Part:
    """One element of `statuses`. Raises Unreadable."""
    if not isinstance(given, dict):
        raise Unreadable("a status is not an object")
    external_id = identifier(given.get("id"))
    correlation = text(given.get("biz_opaque_callback_data"), 512) or None
    if not (external_id or correlation):
        raise Unreadable("a status names no message")
    who = people.person(
        envelope.contacts,
        given.get("recipient_id"),
        given.get("recipient_user_id"),
        given.get("recipient_parent_user_id"),
    )
    at = _place(envelope, given.get("timestamp"), who.keys[0] if who else "")
    named = text(given.get("status"), 40)
    if named not in _DELIVERY:
        return Unhandled(**at, name=f"status:{named or '?'}", data={"id": external_id})
    failures = errors(given.get("errors"))
    return StatusUpdate(
        **at,
        external_id=external_id,
        correlation=correlation,
        status=_DELIVERY[named],
        keys=who.keys if who else (),
        error=failures[0] if failures else None,
        billing=chosen(mapping(given.get("pricing")), "billable", "pricing_model", "type", "category"),
    )


def preference(given: Any, envelope: Envelope) -> Part:
    """One element of `user_preferences`. Raises Unreadable."""
    one = mapping(given)
    who = people.person(envelope.contacts, one.get("wa_id"), one.get("user_id"), one.get("parent_user_id"))
    if who is None:
        raise Unreadable("a preference names nobody")
    at = _place(envelope, one.get("timestamp"), who.keys[0])
    value, topic = text(one.get("value"), 40), text(one.get("category"), 60).removesuffix("_messages")
    if value not in ("stop", "resume", "signup") or not topic:
        return Unhandled(**at, name=f"user_preferences:{value or '?'}")
    return ConsentChange(
        **at,
        **_who(who),
        external_id=f"consent:{who.keys[0]}:{topic}:{at['at'].timestamp():.0f}:{value}",
        topic=topic,
        allowed=value != "stop",
        text=text(one.get("detail"), 300),
    )


def identity(given: Any, envelope: Envelope) -> Part:
    """One element of `user_id_update`: a new BSUID under the same number. Raises Unreadable."""
    one = mapping(given)
    pairs = [mapping(one.get(name)) for name in ("user_id", "parent_user_id")]
    previous = people.bsuids(one.get("previous_user_id"), *(pair.get("previous") for pair in pairs))
    current = people.bsuids(one.get("user_id"), *(pair.get("current") for pair in pairs))
    number = digits(one.get("wa_id"))
    keys = people.keys(number, previous)
    if not (keys and current):
        raise Unreadable("a change of id lacks the old or the new one")
    at = _place(envelope, one.get("timestamp"), keys[0])
    return IdentityChange(
        **at,
        external_id=f"id:{current[0]}",
        keys=keys,
        phone=f"+{number}" if number else None,
        new_keys=people.keys(number, current),
        reason="id",
        text=text(one.get("detail"), 300),
    )


def template(what: str, value: dict[str, Any], envelope: Envelope) -> Part:
    """A `message_template_*` or `template_category_update` change. Raises Unreadable."""
    template_id, name = (
        identifier(value.get("message_template_id")),
        text(value.get("message_template_name"), 512),
    )
    if not (template_id or name):
        raise Unreadable("a template update names no template")
    told = mapping(value.get("rejection_info"))
    reason = text(told.get("reason"), 600) or text(value.get("reason"), 600)
    changed = {
        "status": value.get("event"),
        "quality": value.get("new_quality_score"),
        "category": value.get("new_category") or value.get("correct_category"),
        "components": "changed",
    }
    return TemplateUpdate(
        **_place(envelope, None, f"template:{template_id or name}"),
        template_id=template_id,
        name=name,
        language=text(value.get("message_template_language"), 20),
        what=what,
        value=text(changed[what], 60),
        reason="" if reason == "NONE" else reason,
    )


def channel(what: str, value: dict[str, Any], envelope: Envelope) -> Part:
    """A change to the account or one of its numbers. Each field names its event in a place of its own."""
    event = (
        value.get("event")
        or value.get("decision")
        or value.get("alert_type")
        or value.get("current_limit")
        or value.get("max_daily_conversation_per_phone")
        or value.get("max_daily_conversations_per_business")
    )
    return ChannelUpdate(
        **_place(envelope, None, ""),
        what=what,
        event=text(event, 100),
        number=digits(value.get("display_phone_number")),
        data=storable({k: v for k, v in value.items() if k not in ("messaging_product", "metadata")}, 4),
    )


def failure(value: dict[str, Any], envelope: Envelope) -> list[Part]:
    """The `errors` of a whole change: what the provider could not deliver to us, or do for us."""
    return [
        ChannelUpdate(
            **_place(envelope, None, ""),
            what="error",
            event=str(error.code),
            data={"title": error.title, "details": error.details},
        )
        for error in errors(value.get("errors"))
    ]


def unhandled(name: str, envelope: Envelope, **data: Any) -> Part:
    return Unhandled(**_place(envelope, None, ""), name=name, data=storable(data))


def history(value: dict[str, Any], envelope: Envelope) -> list[Part]:
    """Chunks of the phone app's history: counted, not yet imported."""
    found: list[Part] = []
    for chunk in sequence(value.get("history")):
        phase = chosen(mapping(mapping(chunk).get("metadata")), "phase", "chunk_order", "progress")
        threads = [mapping(one) for one in sequence(mapping(chunk).get("threads"))]
        count = sum(len(sequence(thread.get("messages"))) for thread in threads)
        found.append(unhandled("history", envelope, **phase, threads=len(threads), messages=count))
    late = len(sequence(value.get("messages")))
    return [*found, unhandled("history", envelope, media=late)] if late else found


def at_time(envelope: Envelope, written: Any) -> Envelope:
    """The envelope of a change that has no time of its own: that of its entry."""
    return replace(envelope, arrived_at=moment(written, envelope.arrived_at))


def _place(envelope: Envelope, written: Any, sender: str) -> dict[str, Any]:
    return {
        "receiver": envelope.receiver,
        "account": envelope.account,
        "sender": sender,
        "at": moment(written, envelope.arrived_at),
    }


def _who(who: people.Person) -> dict[str, Any]:
    return {"keys": who.keys, "phone": who.phone, "name": who.name, "username": who.username}
