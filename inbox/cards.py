"""What lists and boards show of conversations: the last words, how many are unread, by which channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models.functions import Left
from django.utils.translation import gettext as _

from crm.prepared import Prepared
from directory.cards import ChannelMark, Placed
from directory.models import Placement
from inbox.channels import kinds
from inbox.conversations import linking
from inbox.models import Channel, Direction, Identity, Message, MessageKind
from workspaces.models import Membership

_MARKS = "_channel_marks"  # kept on a membership while a request lasts
LONGEST = 160  # characters of the last words; a row shows one line

ICONS: dict[str, str] = {
    MessageKind.IMAGE: "image",
    MessageKind.VIDEO: "video",
    MessageKind.AUDIO: "audio-lines",
    MessageKind.VOICE: "mic",
    MessageKind.DOCUMENT: "file-text",
    MessageKind.STICKER: "sticker",
    MessageKind.LOCATION: "map-pin",
    MessageKind.CONTACTS: "contact",
    MessageKind.LIST: "list",
    MessageKind.FORM: "clipboard-list",
    MessageKind.ORDER: "shopping-bag",
    MessageKind.TEMPLATE: "layout-template",
    MessageKind.SYSTEM: "info",
    MessageKind.UNSUPPORTED: "circle-help",
}


@dataclass(frozen=True)
class LastMessage:
    """`icon` is a lucide name or empty; `delivery` is of what we sent, else empty."""

    text: str
    icon: str
    is_ours: bool
    delivery: str


_messages = Prepared(
    lambda ids: (
        Message.objects.filter(pk__any=ids)
        .annotate(words=Left("text", LONGEST))
        .values_list("lead_id", "kind", "words", "direction", "delivery", "revoked_at")
    ),
    ids=[-1],
)
_reached = Prepared(
    lambda leads: (
        Identity.objects.filter(lead_id__any=leads)
        .order_by("id")
        .values_list("lead_id", "channel__kind", "channel__name")
    ),
    leads=[-1],
)
_channels = Prepared(lambda: Channel.objects.values_list("pk", "kind", "name"))


def last_messages(placements: Sequence[Placed], membership: Membership) -> dict[int, LastMessage]:
    ids = [placement.last_message_id for placement in placements if placement.last_message_id]
    if not ids:
        return {}
    return {
        lead: last_message(
            kind,
            linking.for_reader(words, membership),
            direction,
            delivery,
            is_revoked=revoked_at is not None,
        )
        for lead, kind, words, direction, delivery, revoked_at in _messages.rows(ids=ids)
    }


def last_message(kind: str, words: str, direction: str, delivery: str, *, is_revoked: bool) -> LastMessage:
    return LastMessage(
        text=_("Deleted message") if is_revoked else last_words(kind, words),
        icon="ban" if is_revoked else ICONS.get(kind, ""),
        is_ours=direction == Direction.OUT,
        delivery=delivery,
    )


def last_words(kind: str, text: str) -> str:
    """On one line; what has no words is named."""
    return linking.plain(text) or str(MessageKind(kind).label)


def channel_marks(placements: Sequence[Placed], membership: Membership) -> dict[int, ChannelMark]:
    """Of the last message."""
    marks = marks_for(membership)
    return {
        one.pk: marks[one.channel_id]
        for one in placements
        if one.channel_id is not None and one.channel_id in marks
    }


def all_channel_marks(
    placements: Sequence[Placement], membership: Membership
) -> dict[int, tuple[ChannelMark, ...]]:
    """Of every channel they can be reached by. One query."""
    found: dict[int, dict[ChannelMark, None]] = {}  # each once, in their order
    for lead, kind, name in _reached.rows(leads=[placement.pk for placement in placements]):
        found.setdefault(lead, {})[mark(kind, name)] = None
    return {lead: tuple(theirs) for lead, theirs in found.items()}


def marks_for(membership: Membership) -> Mapping[int, ChannelMark]:
    """The same for all parts of a page: no query when it is asked again of the same object."""
    known: Mapping[int, ChannelMark] | None = membership.__dict__.get(_MARKS)
    if known is None:
        known = membership.__dict__[_MARKS] = marks_of_all()
    return known


def marks_of_all() -> Mapping[int, ChannelMark]:
    """Of every channel of the workspace, removed ones too: their threads stay. One query."""
    return {pk: mark(kind, name) for pk, kind, name in _channels.rows()}


@lru_cache(maxsize=1024)
def mark(kind: str, name: str) -> ChannelMark:
    known = {one.key: one.icon for one in kinds.all_kinds()}
    return ChannelMark(kind=kind, label=name, icon=known.get(kind, "message-circle"))
