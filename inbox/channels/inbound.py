"""What arrives, in the shapes that all channels share. A channel's parser makes them; intake reads nothing else.

A webhook's body becomes a tuple of parts, in the order in which the provider wrote them. Parts are plain values: no
database, no network, safe to store (no NUL, no lone surrogates, JSON without NaN), bounded in size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a message is, whatever the channel calls it: values of `inbox.models.MessageKind`."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"  # recorded on the spot
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"  # data: latitude, longitude, name, address, url
    CONTACTS = "contacts"  # data: contacts [{name, phones [..], emails [..], organization}]
    REPLY = "reply"  # to a button or list of ours; data: id, title, description; text is the title
    FORM = "form"  # data: name, fields
    ORDER = "order"  # data: catalog_id, items [{product, quantity, price, currency}]
    UNSUPPORTED = "unsupported"  # data: type, and what the provider said about it; shown as such


class Delivery(StrEnum):
    """How far a message of ours came. Only forward; `failed` after `delivered` is ignored."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file the provider holds for us for a while: to be fetched at once.

    provider_id or url is never empty. mime, name and sha256 are the sender's word: check them against what was fetched.
    kind: where it is another than its message's; BY_CONTENT where nobody says what it is.
    """

    provider_id: str
    url: str | None = None
    mime: str = ""
    name: str = ""
    sha256: str = ""
    voice: bool = False
    animated: bool = False
    kind: str = ""


BY_CONTENT = "any"


@dataclass(frozen=True, slots=True)
class ProviderError:
    """What the provider says went wrong. `code` is its number; title and details are its words, in its language."""

    code: int
    title: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that arrived.

    receiver: which account of ours it is for, by the provider's id (WhatsApp: phone number id, else WABA id). Empty
        where not even that could be read.
    sender: whose it is, for grouping: parts of one sender are to be worked through in order. Empty for what concerns
        the account and not a person.
    account: the provider's account above the receiver (WABA id), where it has one.
    at: the provider's time, or the arrival where that is missing or absurd.
    """

    receiver: str
    sender: str
    at: datetime
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromPerson(Part):
    """A part that is about a person.

    keys: every identity the provider vouches for, the most stable way to reach them first ("wa:5511988887777",
        "bsuid:BR.77"). Never empty. For an echo: of the person it was written to.
    phone: "+" and digits as the provider gives them, where it gives them.
    thread: the room or mail thread; empty in a plain chat.
    is_echo: our own side wrote it, elsewhere (the phone's app).
    held: whether another app of the provider's answers this person now, and we may not; None where that is not said.
    ip: the address that they wrote from, where we see it ourselves.
    """

    external_id: str
    keys: tuple[str, ...]
    phone: str | None = None
    name: str = ""
    username: str = ""
    thread: str = ""
    is_echo: bool = False
    held: bool | None = None
    ip: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage(FromPerson):
    """A message. `external_id` is unique in its channel.

    text: as written; caption of a file, title of a choice. Where it was cut, data["cut"] is its whole length.
    data["album"]: the same for pictures and films that were sent as one.
    sequence: the provider's own order of a conversation, by which messages of one second are told apart; where it has
        none, it is that of arrival.
    reply_to: external id of the message it answers.
    referral: the ad or post that led here: source_url, source_id, source_type, headline, body, ctwa_clid, …
    errors: of an unsupported message.
    correlation: of an echo, the id that we gave with the message, where it is one of ours.
    """

    kind: Kind
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    media: tuple[MediaRef, ...] = ()
    reply_to: str | None = None
    forwarded: bool = False
    sequence: int | None = None
    referral: dict[str, Any] | None = None
    errors: tuple[ProviderError, ...] = ()
    correlation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionChange(FromPerson):
    """A reaction to the message `target`; an empty emoji takes it away."""

    target: str
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdit(FromPerson):
    """The message `target` now says this."""

    target: str
    text: str
    data: dict[str, Any] = field(default_factory=dict)
    media: tuple[MediaRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRevocation(FromPerson):
    """The message `target` was taken back."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityChange(FromPerson):
    """A person changed their number or id. `keys` are the old ones, `phone` is the new number.

    reason: "number", "id", or "security" (the person re-registered their device: keys are the same).
    """

    new_keys: tuple[str, ...]
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChange(FromPerson):
    """A person stopped or resumed messages about a topic ("marketing")."""

    topic: str
    allowed: bool
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachabilityChange(FromPerson):
    """They blocked us or left, or may be written to again."""

    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderChange(FromPerson):
    """Another app of the provider's took the conversation over, or gave it back: `held`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralNotice(FromPerson):
    """They came by an ad or a link, and have not written (yet)."""

    referral: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark(FromPerson):
    """All that we sent the person up to `at` came as far as this; with a target, up to that message."""

    status: Delivery
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUpdate(Part):
    """How far a message of ours came. external_id and correlation are never both empty.

    correlation: the id that we gave with the message.
    keys: of the recipient.
    billing: billable, category, type, as the provider says.
    """

    external_id: str
    correlation: str | None
    status: Delivery
    keys: tuple[str, ...] = ()
    error: ProviderError | None = None
    billing: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUpdate(Part):
    """Something about a template changed. what: "status", "quality", "category" or "components"; value: the new one."""

    template_id: str
    name: str
    language: str
    what: str
    value: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUpdate(Part):
    """Something about the account or the number changed.

    what: "account", "alert", "quality", "limit", "name", "review", "security" or "error".
    event: the provider's word for it (ACCOUNT_RESTRICTION, FLAGGED, …), or its error's number.
    number: digits of the number it is about, where the receiver is only the account.
    """

    what: str
    event: str
    number: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhandled(Part):
    """Understood as something that is not acted on, yet or at all. name: stable, for counting ("history")."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed(Part):
    """Could not be read. reason: for the operator, without content; where: its place in the body."""

    reason: str
    where: str
