"""A message of a webhook, whoever wrote it: to the neutral part that it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inbox.channels.inbound import (
    IdentityChange,
    InboundMessage,
    Kind,
    MessageEdit,
    MessageRevocation,
    Part,
    ProviderError,
    ReactionChange,
    Unhandled,
)
from inbox.channels.meta.envelopes import Unreadable
from inbox.channels.reading import (
    chosen,
    digits,
    flag,
    identifier,
    mapping,
    moment,
    number,
    sequence,
    storable,
    text,
)
from inbox.channels.whatsapp import people
from inbox.channels.whatsapp.content import content

REFERRAL = (
    "source_url",
    "source_id",
    "source_type",
    "headline",
    "body",
    "media_type",
    "image_url",
    "video_url",
    "thumbnail_url",
    "ctwa_clid",
    "ref",
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the elements of one change share."""

    receiver: str  # phone number id, else WABA id
    account: str  # WABA id
    arrived_at: datetime
    contacts: list[people.Contact]


def message(given: Any, envelope: Envelope, *, is_echo: bool = False) -> Part:
    """One element of `messages` or `message_echoes`. Raises Unreadable.

    Of an echo the person is the one it was written to.
    """
    if not isinstance(given, dict):
        raise Unreadable("a message is not an object")
    external_id = identifier(given.get("id"))
    if not external_id:
        raise Unreadable("a message has no id, or one that is too long")
    who = people.person(envelope.contacts, *_person_of(given, is_echo))
    if who is None:
        raise Unreadable("a message names nobody")
    common = {
        "receiver": envelope.receiver,
        "account": envelope.account,
        "sender": who.keys[0],
        "at": moment(given.get("timestamp"), envelope.arrived_at),
        "external_id": external_id,
        "keys": who.keys,
        "phone": who.phone,
        "name": who.name,
        "username": who.username,
        "thread": identifier(given.get("group_id")),
        "is_echo": is_echo,
    }
    return _MAKERS.get(text(given.get("type"), 60), _ordinary)(given, common)


def errors(value: Any) -> tuple[ProviderError, ...]:
    """An `errors` array, as it stands on messages, statuses and whole changes."""
    found = []
    for one in sequence(value)[:10]:
        given = mapping(one)
        code = number(given.get("code"))
        details = mapping(given.get("error_data")).get("details")
        title = given.get("title") or given.get("message")
        if code is not None or title:
            found.append(ProviderError(int(code or 0), text(title, 300), text(details, 600)))
    return tuple(found)


def _person_of(given: dict[str, Any], is_echo: bool) -> tuple[Any, ...]:
    """What names the person: for a change of id without a number that is the previous id."""
    if is_echo:
        return given.get("to"), given.get("to_user_id"), given.get("to_parent_user_id")
    system = mapping(given.get("system"))
    return (
        given.get("from") or system.get("customer"),
        given.get("from_user_id"),
        given.get("from_parent_user_id"),
        system.get("previous_user_id"),
    )


def _ordinary(given: dict[str, Any], common: dict[str, Any]) -> Part:
    said = content(given)
    context = mapping(given.get("context"))
    data = said.data | chosen(context, "referred_product")
    referral = chosen(mapping(given.get("referral")), *REFERRAL)
    welcome = text(mapping(mapping(given.get("referral")).get("welcome_message")).get("text"), 1000)
    return InboundMessage(
        **common,
        kind=said.kind,
        text=said.text,
        data=data,
        media=said.media,
        reply_to=identifier(context.get("id")) or None,
        forwarded=flag(context.get("forwarded")) or flag(context.get("frequently_forwarded")),
        referral=(referral | ({"welcome_message": welcome} if welcome else {})) or None,
        errors=errors(given.get("errors")),
    )


def _reaction(given: dict[str, Any], common: dict[str, Any]) -> Part:
    reaction = mapping(given.get("reaction"))
    return ReactionChange(
        **common, target=_target(reaction, "message_id"), emoji=text(reaction.get("emoji"), 32)
    )


def _edit(given: dict[str, Any], common: dict[str, Any]) -> Part:
    edit = mapping(given.get("edit"))
    target = _target(edit, "original_message_id")
    said = content(mapping(edit.get("message")))
    if said.kind is Kind.UNSUPPORTED:
        raise Unreadable("an edit holds no message")
    return MessageEdit(**common, target=target, text=said.text, data=said.data, media=said.media)


def _revoke(given: dict[str, Any], common: dict[str, Any]) -> Part:
    return MessageRevocation(**common, target=_target(mapping(given.get("revoke")), "original_message_id"))


def _target(given: dict[str, Any], name: str) -> str:
    found = identifier(given.get(name))
    if not found:
        raise Unreadable("a change names no message")
    return found


def _system(given: dict[str, Any], common: dict[str, Any]) -> Part:
    """A new number or id, or a re-registered device.

    A new number brings a new BSUID with it. The old values are the sender and `previous_*`; the new ones are in
    `wa_id` (`new_wa_id` before v12) and `user_id`.
    """
    system = mapping(given.get("system"))
    named = text(system.get("type"), 60)
    reason = _SYSTEM.get(named)
    if reason is None:
        at = {name: common[name] for name in ("receiver", "account", "sender", "at")}
        return Unhandled(**at, name=f"system:{named or '?'}", data={"body": text(system.get("body"))})
    previous = people.bsuids(system.get("previous_user_id"), system.get("previous_parent_user_id"))
    current = people.bsuids(system.get("user_id"), system.get("parent_user_id"))
    old = digits(system.get("customer")) or digits(common["phone"])
    new = digits(system.get("wa_id") or system.get("new_wa_id"))
    olds = people.keys(old, previous) or tuple(
        key for key in common["keys"] if key not in people.keys("", current)
    )
    same = reason == "security"
    if not same and not (new or current):
        raise Unreadable("a change of identity names no new one")
    change = {"keys": olds or common["keys"], "phone": f"+{new}" if new and not same else common["phone"]}
    return IdentityChange(
        **{**common, **change},
        new_keys=common["keys"] if same else people.keys(new, current),
        reason=reason,
        text=text(system.get("body")),
    )


_SYSTEM = {
    "user_changed_number": "number",
    "customer_changed_number": "number",
    "user_changed_user_id": "id",
    "customer_identity_changed": "security",
}


def _opened(given: dict[str, Any], common: dict[str, Any]) -> Part:
    """Somebody opened the chat for the first time, and has not written."""
    at = {name: common[name] for name in ("receiver", "account", "sender", "at")}
    return Unhandled(**at, name="request_welcome", data=storable({"keys": list(common["keys"])}))


_MAKERS = {
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
    "request_welcome": _opened,
}
