"""A message as the thread shows it: all that its bubble needs, read from rows that were loaded together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from django.utils.translation import gettext as _
from markupsafe import Markup

from directory import naming, phones
from directory.cards import ChannelMark
from inbox.cards import ICONS, last_words
from inbox.conversations import failures, linking
from inbox.models import Attachment, Delivery, Message, MessageKind, Reaction
from workspaces.models import Membership

QUOTED = 140  # characters of a quoted message


@dataclass(frozen=True)
class Quote:
    """The message that is answered. `pk` is None where we have not got it."""

    pk: int | None
    who: str  # empty: the customer
    text: str
    icon: str
    is_ours: bool


@dataclass(frozen=True)
class Bubble:
    """`version` changes with whatever is shown: a page replaces what differs, and leaves the rest alone."""

    pk: int
    client_id: str
    is_ours: bool
    kind: str
    at: datetime
    html: Markup
    plain: str
    is_emoji: bool
    data: Mapping[str, Any]
    author_id: int | None
    author: str  # their name; empty where nobody of us wrote it here
    mark: ChannelMark | None
    attachments: Sequence[Attachment]
    reactions: Sequence[Reaction]
    quote: Quote | None
    delivery: str
    failure: failures.Failure | None
    is_edited: bool
    is_revoked: bool
    is_forwarded: bool
    referral: Mapping[str, Any]
    icon: str
    label: str
    version: str
    album: str = ""  # the same for pictures that were sent as one
    is_first: bool = True
    is_last: bool = True
    shows_mark: bool = False

    @property
    def is_plain(self) -> bool:
        """Nothing but words, as most are."""
        return (
            self.kind == MessageKind.TEXT
            and bool(self.plain)
            and not (self.attachments or self.data.get("cut"))
        )

    @property
    def is_unknown(self) -> bool:
        return self.delivery == Delivery.UNKNOWN


@dataclass(frozen=True)
class Surroundings:
    """What was loaded for all messages of a page at once."""

    attachments: Mapping[int, Sequence[Attachment]]
    reactions: Mapping[int, Sequence[Reaction]]
    quoted: Mapping[int, Message]
    marks: Mapping[int, ChannelMark]


def bubble(message: Message, around: Surroundings, reader: Membership) -> Bubble:
    attachments = around.attachments.get(message.pk, ())
    reactions = around.reactions.get(message.pk, ())
    is_revoked = message.revoked_at is not None
    text = "" if is_revoked else message.text
    data = {} if is_revoked else _shown_data(message, reader)
    mark = around.marks.get(message.channel_id)
    return Bubble(
        pk=message.pk,
        client_id=str(message.client_id or ""),
        is_ours=not message.is_inbound,
        kind=message.kind,
        at=message.sent_at,
        html=linking.rich(text),
        plain=text,
        is_emoji=message.kind == MessageKind.TEXT and linking.is_only_emoji(text),
        data=data,
        author_id=message.author_id,
        author=_author(message),
        mark=mark,
        attachments=() if is_revoked else attachments,
        reactions=reactions,
        quote=_quote(message, around.quoted),
        delivery=message.delivery,
        failure=failures.of(message, mark.kind if mark else "", reader),
        is_edited=message.edited_at is not None,
        is_revoked=is_revoked,
        is_forwarded=bool(message.data.get("forwarded")),
        referral=message.data.get("referral") or {},
        icon=ICONS.get(MessageKind(message.kind), ""),
        label=str(MessageKind(message.kind).label),
        version=_version(message, attachments, reactions),
        album=str(message.data.get("album") or ""),
    )


def _version(message: Message, attachments: Sequence[Attachment], reactions: Sequence[Reaction]) -> str:
    said: list[Any] = [
        message.delivery,
        message.edited_at,
        message.revoked_at,
        message.error_code,
        message.text,
    ]
    said += [(file.pk, file.state) for file in attachments]
    said += [(one.is_ours, one.emoji) for one in reactions]
    return f"{crc32(repr(said).encode('utf-8', 'replace')):x}"


def _quote(message: Message, quoted: Mapping[int, Message]) -> Quote | None:
    original = quoted.get(message.reply_to_id or 0)
    if original is not None:
        text = "" if original.revoked_at else original.text[:QUOTED]
        return Quote(
            pk=original.pk,
            who=_author(original),
            text=_("Deleted message") if original.revoked_at else last_words(original.kind, text),
            icon=ICONS.get(MessageKind(original.kind), ""),
            is_ours=not original.is_inbound,
        )
    if message.reply_to_external_id:
        return Quote(None, "", _("An earlier message that is not here"), "", is_ours=False)
    return None


def _author(message: Message) -> str:
    """Named by the query that loads a page of messages; one that came by itself asks."""
    if message.author_id is None:
        return ""
    known: str | None = getattr(message, "author_name", None)
    return known or (message.author.user.name if message.author else "")


def _shown_data(message: Message, reader: Membership) -> dict[str, Any]:
    """What of `data` the bubble draws. Numbers on contact cards are masked for who may not see numbers."""
    data = dict(message.data)
    if message.kind == MessageKind.CONTACTS:
        data["contacts"] = [
            _card(card, reader) for card in data.get("contacts", []) if isinstance(card, dict)
        ]
    return data


def _card(card: Mapping[str, Any], reader: Membership) -> dict[str, Any]:
    numbers = [str(number) for number in card.get("phones", [])]
    name = str(card.get("name") or "")
    if not naming.sees_phones(reader):
        numbers = [phones.masked(number) for number in numbers]
    name = naming.shown_text(name, reader)
    return {
        "name": name or (numbers[0] if numbers else _("Contact")),
        "phones": numbers,
        "emails": [str(address) for address in card.get("emails", [])],
        "organization": naming.shown_text(str(card.get("organization") or ""), reader),
    }
