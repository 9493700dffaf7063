"""What a kind of channel is: the protocol that every folder beside this file keeps, and the registry of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone
from django.utils.functional import Promise

from crm.work import DeliveryError, Receipt
from inbox.channels.inbound import Part
from inbox.channels.remedies import Explained
from inbox.models import Attachment, Channel, Identity, Message, Session


@dataclass(frozen=True)
class FileLimit:
    """Of one kind of file: content types (empty: any) and bytes."""

    types: tuple[str, ...]
    max_bytes: int


@dataclass(frozen=True)
class Capabilities:
    """What the composer may offer. Zero or empty: not at all."""

    text_limit: int = 4096
    text_bytes: int = 0  # of a text in UTF-8, where that is limited; 0: it is not
    caption_limit: int = 1024
    window: timedelta | None = None  # after the customer's last message; None: one may always write
    # As long a person of ours may still answer, where the provider has granted it: settings["extended"] of the channel.
    extension: timedelta | None = None
    files: Mapping[str, FileLimit] = field(default_factory=dict)  # "image", "video", "audio", "document" …
    buttons: int = 0
    list_rows: int = 0
    templates: bool = False
    replies: bool = False
    reactions: bool = False
    read_marks: bool = False
    typing: bool = False
    album: int = 0  # pictures and films that go together as one message; less than two: each by itself
    per_second: float = 0  # messages from the channel; 0: as many as `inbox.sending.working.RATE`
    sends_once: bool = False  # given twice it is one message: what is not confirmed is simply sent again
    echoes: bool = False  # what we send comes back as an echo, not always with our id


@dataclass(frozen=True)
class Fetched:
    """A file as the provider gave it. Its type is what the provider says: whoever stores it looks at the content."""

    content: bytes
    mime: str = ""
    name: str = ""


class ChannelKind(Protocol):
    """One folder of `inbox.channels`. No method is called with a transaction open, but `notice`."""

    key: str  # "whatsapp", as in Channel.kind
    label: str | Promise
    icon: str  # a lucide name, or a mark of ours
    capabilities: Capabilities

    def send(self, message: Message, *, attempt: int = 1) -> Receipt:
        """Give a message to the provider, with `message.uid.hex` as correlation. Raises `crm.work.DeliveryError`.

        attempt: counts from 1; some providers ask for ever longer pauses.
        """

    def fetch(self, attachment: Attachment, channel: Channel) -> Fetched:
        """The file's content. Raises `crm.work.DeliveryError`; permanent where it is gone."""

    def mark_read(self, message: Message, *, typing: bool = False) -> None:
        """Tell the customer that it was read (and that somebody types). Best effort; DeliveryError is the caller's."""

    def notice(self, channel: Channel, part: Part) -> None:
        """What arrived about the account, the number or a template (`TemplateUpdate`, `ChannelUpdate`,
        `Unhandled`). In a transaction of intake, in the channel's scope; may come twice."""

    def address(self, phone: str) -> str | None:
        """The identity key of a phone ("+52…"), where one may write to it first; None where one may not."""

    def disconnects(self, error: DeliveryError) -> bool:
        """Whether a refused attempt means that nothing can be sent until somebody reconnects the channel."""

    def explain(self, code: str) -> Explained | None:
        """What the code of a refusal means to whoever wrote the message; None where the error's own words do."""

    def settings_url_name(self) -> str:
        """The page of one channel of this kind, reversed with `workspace_id` and `pk`."""

    def connect_url_name(self) -> str:
        """Where one of this kind is connected, reversed with `workspace_id`."""


class Acquainted(Protocol):
    """A kind whose messages bring no names: what such a person is called at first, and who finds out more."""

    def stranger(self, channel: Channel, key: str) -> str:
        """What somebody is called until more is known, in the workspace's language."""

    def met(self, identity: Identity) -> None:
        """They wrote for the first time. In the transaction of intake."""


_KINDS: dict[str, ChannelKind] = {}


def register(kind: ChannelKind) -> ChannelKind:
    """From `AppConfig.ready()`; the same kind again is no error, another under its key is."""
    known = _KINDS.setdefault(kind.key, kind)
    if known is not kind:
        raise ValueError(f"A channel kind {kind.key!r} is already registered.")
    return kind


def get(key: str) -> ChannelKind:
    """Raises KeyError where no such kind is registered."""
    return _KINDS[key]


def find(key: str) -> ChannelKind | None:
    return _KINDS.get(key)


def all_kinds() -> list[ChannelKind]:
    return list(_KINDS.values())


def acquainted(channel: Channel) -> Acquainted | None:
    """The kind, where it is one that gets to know people by asking."""
    kind: object = find(channel.kind)
    return kind if hasattr(kind, "stranger") else None  # type: ignore[return-value]


def window_is_open(session: Session, channel: Channel, *, by_person: bool = True) -> bool:
    """Whether free text may be sent now. by_person: one of us writes it, and no machine."""
    ends = writable_until(session, channel) if by_person else session.window_ends_at
    return get(channel.kind).capabilities.window is None or (ends is not None and ends > timezone.now())


def writable_until(session: Session, channel: Channel) -> datetime | None:
    """When writing freely ends for people of ours. None: it never began, or never ends."""
    can = get(channel.kind).capabilities
    if session.window_ends_at is None or can.window is None or not is_extended(channel):
        return session.window_ends_at
    return session.window_ends_at + ((can.extension or can.window) - can.window)


def is_extended(channel: Channel) -> bool:
    return get(channel.kind).capabilities.extension is not None and channel.settings.get("extended") is True
