"""A message as the thread shows it: all that its bubble needs, read from rows that were loaded together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from crm.ui.jinja import iso, stamp
from directory import naming, phones
from directory.cards import ChannelMark
from inbox import cards
from inbox.conversations import failures, linking
from inbox.conversations.told import Said
from inbox.models import Attachment, Delivery, Direction, MessageKind
from workspaces.models import Membership

_LABELS = dict(MessageKind.choices)


@dataclass(frozen=True)
class Quote:
    """The message that is answered. `pk` is None where we have not got it."""

    pk: int | None
    who: str  # empty: the customer
    text: str
    icon: str
    is_ours: bool


@dataclass(slots=True)
class Bubble:
    """`version` changes with whatever is shown: a page replaces what differs, and leaves the rest alone.

    How it stands among its neighbours (`is_first`, `is_last`, `shows_mark`, `in_album`) whoever lines them up sets.
    """

    pk: int
    client_id: str
    is_ours: bool
    kind: str
    at: datetime
    at_iso: str
    at_stamp: str
    html: Markup
    plain: str
    is_emoji: bool
    data: Mapping[str, Any]
    author_id: int | None
    author_html: str  # their name; empty where nobody of us wrote it here
    mark: ChannelMark
    attachments: Sequence[Attachment]
    reactions: Sequence[Mapping[str, Any]]  # emoji, is_ours
    quote: Quote | None
    delivery: str
    failure: failures.Failure | None
    is_edited: bool
    is_revoked: bool
    is_forwarded: bool
    is_blocked: bool
    referral: Mapping[str, Any]
    icon: str
    label: str
    version: str
    album: str = ""  # the same for pictures that were sent as one
    in_album: bool = False  # it stands beside another of them
    is_first: bool = True
    is_last: bool = True
    shows_mark: bool = False

    @property
    def is_plain(self) -> bool:
        """Nothing but words, as most are."""
        return (
            self.kind == MessageKind.TEXT
            and bool(self.plain)
            and not (self.attachments or self.quote or self.referral or self.is_forwarded)
            and not (self.data.get("cut") or self.data.get("story"))
        )

    @property
    def classes(self) -> str:
        """Of the item in the thread."""
        whose = "is-ours" if self.is_ours else "is-theirs"
        stands = (" is-first" if self.is_first else "") + (" is-last" if self.is_last else "")
        more = (" has-failed" if self.failure else "") + (" in-album" if self.in_album else "")
        return f"said {whose}{stands}{more}"

    @property
    def ground(self) -> str:
        """Classes of the bubble."""
        bare = self.is_emoji or (self.kind == MessageKind.STICKER and not self.is_revoked)
        return f"bubble kind-{self.kind}{' has-no-ground' if bare else ''}{' is-revoked' if self.is_revoked else ''}"

    @property
    def is_unknown(self) -> bool:
        return self.delivery == Delivery.UNKNOWN


def bubble(said: Said, reader: Membership) -> Bubble:
    is_revoked = said.revoked_at is not None
    text = "" if is_revoked else linking.for_reader(said.text, reader)
    return Bubble(
        pk=said.pk,
        client_id=str(said.client_id or ""),
        is_ours=not said.is_inbound,
        kind=said.kind,
        at=said.sent_at,
        at_iso=iso(said.sent_at),
        at_stamp=stamp(said.sent_at),
        html=linking.rich(text),
        plain=text,
        is_emoji=said.kind == MessageKind.TEXT and linking.is_only_emoji(text),
        data={} if is_revoked else _shown_data(said, reader),
        author_id=said.author_id,
        author_html=escape(said.author or ""),
        mark=cards.mark(said.channel_kind, said.channel_name),
        attachments=() if is_revoked else [Attachment(**columns) for columns in said.files],
        reactions=said.reactions,
        quote=_quote(said, reader),
        delivery=said.delivery,
        failure=failures.of(said, said.channel_kind, reader),
        is_edited=said.edited_at is not None,
        is_revoked=is_revoked,
        is_forwarded=bool(said.data.get("forwarded")),
        is_blocked=said.is_blocked,
        referral=said.data.get("referral") or {},
        icon=cards.ICONS.get(said.kind, ""),
        label=str(_LABELS[said.kind]),
        version=_version(said),
        album=str(said.data.get("album") or ""),
    )


def _version(said: Said) -> str:
    shown = (
        said.delivery,
        said.edited_at,
        said.revoked_at,
        said.error_code,
        said.text,
        [(file["id"], file["state"]) for file in said.files],
        said.reactions,
    )
    return f"{crc32(repr(shown).encode('utf-8', 'replace')):x}"


def _quote(said: Said, reader: Membership) -> Quote | None:
    if said.reply_to_id is not None and said.quoted_kind is not None:
        gone = said.quoted_revoked_at is not None
        return Quote(
            pk=said.reply_to_id,
            who=said.quoted_author or "",
            text=_("Deleted message")
            if gone
            else cards.last_words(said.quoted_kind, linking.for_reader(said.quoted_text or "", reader)),
            icon=cards.ICONS.get(said.quoted_kind, ""),
            is_ours=said.quoted_direction != Direction.IN,
        )
    if said.reply_to_external_id:
        return Quote(None, "", _("An earlier message that is not here"), "", is_ours=False)
    return None


def _shown_data(said: Said, reader: Membership) -> Mapping[str, Any]:
    """What of `data` the bubble draws. Numbers on contact cards are masked for who may not see numbers."""
    if said.kind != MessageKind.CONTACTS:
        return said.data
    contacts = said.data.get("contacts", [])
    return {**said.data, "contacts": [_card(card, reader) for card in contacts if isinstance(card, dict)]}


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
