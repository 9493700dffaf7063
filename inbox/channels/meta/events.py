"""Webhooks of the Messenger Platform: `page` is Messenger's, `instagram` is Instagram's; see `meta.envelopes`.

An entry is of one page or account, and holds `messaging`, or `standby` where another app answers the person, or, as the
dashboard's test sends it, `changes`. What stands beside sender, recipient and timestamp says what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from inbox.channels.inbound import (
    ChannelUpdate,
    Delivery,
    HolderChange,
    InboundMessage,
    Kind,
    MessageEdit,
    MessageRevocation,
    Part,
    ReactionChange,
    ReferralNotice,
    StatusUpdate,
    Unhandled,
    Watermark,
)
from inbox.channels.meta import envelopes
from inbox.channels.meta.content import content
from inbox.channels.meta.envelopes import Unreadable, malformed
from inbox.channels.reading import (
    SHORT,
    TEXT,
    chosen,
    flag,
    identifier,
    mapping,
    moment,
    number,
    sequence,
    storable,
    text,
)

FIELDS = frozenset({
    "messages", "messaging_postbacks", "messaging_referral", "messaging_referrals", "message_reactions",
    "messaging_seen", "message_edits", "message_edit", "message_echoes", "message_reads", "message_deliveries",
    "messaging_optins", "standby", "messaging_handover", "messaging_handovers",
})  # fmt: skip
EMOJI = {"love": "❤️", "smile": "😆", "laugh": "😆", "haha": "😆", "wow": "😮", "sad": "😢", "angry": "😠", "like": "👍", "dislike": "👎"}  # fmt: skip # noqa: E501
CORRELATION = 32  # characters: a uid without dashes
STATUSES = 200  # message ids of one delivery


@dataclass(frozen=True, slots=True)
class Platform:
    """prefix: of the keys of its people, which mean nothing outside one page or account."""

    object: str
    prefix: str
    app_id: str = ""

    def key(self, receiver: str, person: str) -> str:
        return f"{self.prefix}:{receiver}:{person}"


@dataclass(frozen=True, slots=True)
class Event:
    """One element: between which account and which person. is_ours: the account's side did it."""

    given: dict[str, Any]
    receiver: str
    key: str
    at: datetime
    arrived_at: datetime
    is_ours: bool
    standby: bool
    platform: Platform

    @property
    def place(self) -> dict[str, Any]:
        return {"receiver": self.receiver, "sender": self.key, "at": self.at}

    def common(self, external_id: str, **more: Any) -> dict[str, Any]:
        held = None if self.is_ours else self.standby
        return {
            **self.place,
            "external_id": external_id[:200],
            "keys": (self.key,),
            "is_echo": self.is_ours,
            "held": held,
            **more,
        }

    @property
    def stamp(self) -> int:
        return round(self.at.timestamp() * 1000)


def entry(platform: Platform, given: Any, where: str, arrived_at: datetime) -> Iterator[Part]:
    """Everything that one entry holds."""
    one = mapping(given)
    receiver = identifier(one.get("id"))
    found = False
    for name in ("messaging", "standby"):
        if (elements := one.get(name)) is None:
            continue
        found = True
        if not isinstance(elements, list):
            yield malformed("not a list", f"{where}.{name}", receiver, "", arrived_at)
            continue
        for index, element in enumerate(elements):
            standby = name == "standby"
            yield from _element(
                platform, receiver, element, f"{where}.{name}[{index}]", arrived_at, standby=standby
            )
    for index, change in enumerate(sequence(one.get("changes"))):
        found = True
        yield from _change(platform, receiver, mapping(change), f"{where}.changes[{index}]", arrived_at)
    if not found:
        yield malformed("an entry has nothing in it", where, receiver, "", arrived_at)


def _change(
    platform: Platform, receiver: str, change: dict[str, Any], where: str, arrived_at: datetime
) -> Iterator[Part]:
    """As the dashboard's test sends an event, for account "0": whom it is for, its value says."""
    field, value = text(change.get("field"), 80), change.get("value")
    if field in FIELDS and isinstance(value, dict):
        told = (
            receiver if receiver not in ("", "0") else identifier(mapping(value.get("recipient")).get("id"))
        )
        yield from _element(platform, told, value, where, arrived_at, standby=field == "standby")
        return
    yield Unhandled(receiver=receiver, sender="", at=arrived_at, name=f"field:{field or '?'}")


def _element(
    platform: Platform, receiver: str, given: Any, where: str, arrived_at: datetime, *, standby: bool
) -> Iterator[Part]:
    """One thing that happened may be several parts: a delivery names many messages."""
    try:
        event = _event(platform, receiver, given, arrived_at, standby)
    except Unreadable as error:
        yield malformed(str(error), where, receiver, "", arrived_at)
        return
    for name, reader in _READERS.items():
        if name in event.given:
            for make in reader(event):
                yield envelopes.read(make, f"{where}.{name}", receiver, "", arrived_at)
            return
    named = next((name for name in event.given if name not in _FRAME), "?")
    yield Unhandled(**event.place, name=f"messaging:{text(named, 40)}")


_OF_ACCOUNT = ("policy-enforcement", "policy_enforcement")  # names no person
_FRAME = frozenset({"sender", "recipient", "timestamp"})


def _event(platform: Platform, receiver: str, given: Any, arrived_at: datetime, standby: bool) -> Event:
    if not isinstance(given, dict):
        raise Unreadable("an event is not an object")
    sender = identifier(mapping(given.get("sender")).get("id"))
    recipient = identifier(mapping(given.get("recipient")).get("id"))
    is_ours = flag(mapping(given.get("message")).get("is_echo")) or bool(receiver and sender == receiver)
    person = recipient if is_ours else sender
    of_account = any(name in given for name in _OF_ACCOUNT)
    if not receiver or not (person or of_account):
        raise Unreadable("an event names nobody")
    key = platform.key(receiver, person) if person else ""
    if len(key) > 200:
        raise Unreadable("an event names nobody")
    at = moment(given.get("timestamp"), arrived_at)
    return Event(given, receiver, key, at, arrived_at, is_ours, standby, platform)


Makers = Iterator[Callable[[], Part]]


def _message(event: Event) -> Makers:
    yield partial(_said, event, mapping(event.given.get("message")))


def _said(event: Event, message: dict[str, Any]) -> Part:
    mid = _mid(message)
    if flag(message.get("is_deleted")):
        return MessageRevocation(**event.common(f"deleted:{mid}"), target=mid)
    said = content(message)
    metadata = text(message.get("metadata"), 1000)
    by_app = identifier(message.get("app_id"))
    foreign = event.is_ours and by_app and by_app != event.platform.app_id
    return InboundMessage(
        **event.common(mid),
        kind=said.kind,
        text=said.text,
        data=said.data | ({"app": by_app} if foreign else {}),
        media=said.media,
        reply_to=identifier(mapping(message.get("reply_to")).get("mid")) or None,
        referral=_referral(message.get("referral")) or _referral(event.given.get("referral")),
        correlation=metadata if event.is_ours and len(metadata) == CORRELATION else None,
    )


def _postback(event: Event) -> Makers:
    def make() -> Part:
        postback = mapping(event.given.get("postback"))
        title, payload = text(postback.get("title"), SHORT), text(postback.get("payload"), SHORT)
        if not (title or payload):
            raise Unreadable("a postback says nothing")
        mid = identifier(postback.get("mid")) or f"postback:{event.key}:{event.stamp}"
        return InboundMessage(
            **event.common(mid),
            kind=Kind.REPLY,
            text=title or payload,
            data={"id": payload, "title": title or payload},
            referral=_referral(postback.get("referral")),
        )

    yield make


def _reaction(event: Event) -> Makers:
    def make() -> Part:
        reaction = mapping(event.given.get("reaction"))
        mid, action = _mid(reaction), text(reaction.get("action"), 20)
        emoji = text(reaction.get("emoji"), 32) or EMOJI.get(text(reaction.get("reaction"), 20), "❤️")
        return ReactionChange(
            **event.common(f"reaction:{mid}:{event.stamp}"),
            target=mid,
            emoji="" if action == "unreact" else emoji,
        )

    yield make


def _edit(event: Event) -> Makers:
    def make() -> Part:
        edit = mapping(event.given.get("message_edit"))
        mid = _mid(edit)
        if not isinstance(edit.get("text"), str):
            raise Unreadable("an edit holds no text")
        times = number(edit.get("num_edit"))
        name = f"edit:{mid}:{int(times) if times is not None else event.stamp}"
        return MessageEdit(**event.common(name), target=mid, text=text(edit["text"], TEXT))

    yield make


def _delivery(event: Event) -> Makers:
    """The ids that are named, which may come before we know them, and all that was sent before."""
    delivery = mapping(event.given.get("delivery"))
    for mid in sequence(delivery.get("mids"))[:STATUSES]:
        if found := identifier(mid):
            yield partial(_status, event, found, Delivery.DELIVERED)
    yield partial(_watermark, event, delivery, Delivery.DELIVERED)


def _read(event: Event) -> Makers:
    """Messenger says up to when, Instagram up to which message."""
    read = mapping(event.given.get("read"))
    if (mid := identifier(read.get("mid"))) and read.get("watermark") is None:
        common = event.common(f"read:{mid}", is_echo=False)
        yield lambda: Watermark(**common, status=Delivery.READ, target=mid)
        return
    yield partial(_watermark, event, read, Delivery.READ)


def _status(event: Event, mid: str, status: Delivery) -> Part:
    return StatusUpdate(**event.place, external_id=mid, correlation=None, status=status, keys=(event.key,))


def _watermark(event: Event, given: dict[str, Any], status: Delivery) -> Part:
    """A time that is missing or absurd would move everything: it is not believed."""
    at = moment(given.get("watermark"), event.arrived_at)
    if at == event.arrived_at:
        raise Unreadable("a watermark has no time")
    common = event.common(f"{status.value}:{event.key}:{round(at.timestamp() * 1000)}", at=at, is_echo=False)
    return Watermark(**common, status=status)


def _referred(event: Event) -> Makers:
    def make() -> Part:
        referral = _referral(event.given.get("referral"))
        if referral is None:
            raise Unreadable("a referral says nothing")
        return ReferralNotice(**event.common(f"referral:{event.key}:{event.stamp}"), referral=referral)

    yield make


def _optin(event: Event) -> Makers:
    def make() -> Part:
        optin = mapping(event.given.get("optin"))
        if ref := text(optin.get("ref"), SHORT):
            referral = {"ref": ref, "source_type": "optin"}
            return ReferralNotice(**event.common(f"optin:{event.key}:{event.stamp}"), referral=referral)
        return Unhandled(**event.place, name="optin", data=chosen(optin, "type", "title"))

    yield make


def _handed(event: Event) -> Makers:
    """Another app took over, or gave back to us."""

    def make() -> Part:
        for name in ("pass_thread_control", "take_thread_control"):
            if name in event.given:
                owner = identifier(mapping(event.given[name]).get("new_owner_app_id"))
                held = bool(owner) and owner != event.platform.app_id
                common = event.common(f"{name}:{event.key}:{event.stamp}", is_echo=False, held=held)
                return HolderChange(**common)
        raise Unreadable("nobody is named")

    yield make


def _policy(event: Event) -> Makers:
    given = mapping(event.given.get("policy-enforcement") or event.given.get("policy_enforcement"))
    yield lambda: ChannelUpdate(
        receiver=event.receiver,
        sender="",
        at=event.at,
        what="policy",
        event=text(given.get("action"), 100),
        data=storable(given, 3),
    )


_READERS: dict[str, Callable[[Event], Makers]] = {
    "message": _message,
    "postback": _postback,
    "reaction": _reaction,
    "message_edit": _edit,
    "delivery": _delivery,
    "read": _read,
    "pass_thread_control": _handed,
    "take_thread_control": _handed,
    "policy-enforcement": _policy,
    "policy_enforcement": _policy,
    "optin": _optin,
    "referral": _referred,
}


def _mid(given: dict[str, Any]) -> str:
    found = identifier(given.get("mid"))
    if not found:
        raise Unreadable("a message has no id, or one that is too long")
    return found


def _referral(value: Any) -> dict[str, Any] | None:
    """An ad or a link, under the names that WhatsApp's have."""
    given = mapping(value)
    ad = mapping(given.get("ads_context_data"))
    product = mapping(given.get("product"))
    found = {
        "source_type": {"ADS": "ad", "SHORTLINK": "link"}.get(
            text(given.get("source"), 40), text(given.get("source"), 40).lower()
        ),
        "source_id": identifier(given.get("ad_id")) or identifier(ad.get("post_id")),
        "source_url": text(given.get("referer_uri"), 2000),
        "headline": text(ad.get("ad_title"), SHORT),
        "image_url": text(ad.get("photo_url"), 2000),
        "video_url": text(ad.get("video_url"), 2000),
        "ref": text(given.get("ref"), SHORT),
        "product": identifier(product.get("id")),
        "ctwa_clid": "",
    }
    kept = {name: said for name, said in found.items() if said}
    return kept or None
