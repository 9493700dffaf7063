"""What was said and noted, as the lead's timeline tells it among what happened: see `directory.timeline`.

Each source walks one index from where it was read to. Of messages only those that are told one by one are looked at
closer: the rest of a busy day is a line with their number, which opens.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.prepared import Prepared
from crm.ui.jinja import url
from directory import naming
from directory import timeline as lines
from directory.models import Lead
from directory.timeline import Line, Told
from inbox import cards, mentions
from inbox.conversations import linking, notes, thread
from inbox.models import Attachment, Delivery, Direction, Message, MessageKind, Note
from inbox.models.message import MessageQuerySet
from inbox.models.note import NoteQuerySet
from workspaces.models import Membership

WORDS = 400  # characters of a message or a note; the whole of it is in the thread
WITHOUT_FILES = frozenset({MessageKind.TEXT, MessageKind.REPLY, MessageKind.SYSTEM})
_CUT_NAME = re.compile(r"@\[\d*$")  # a person at the end of what is shown of a note


class Heard(NamedTuple):
    """A message, as far as the timeline looks at it."""

    pk: int
    at: datetime
    channel_id: int
    channel_kind: str
    channel_name: str
    direction: str
    kind: str
    words: str
    author: str | None
    delivery: str
    revoked_at: datetime | None
    is_blocked: bool
    erased: str | None

    @property
    def is_ours(self) -> bool:
        return self.direction == Direction.OUT


class Noted(NamedTuple):
    pk: int
    at: datetime
    words: str
    author: str | None
    edited_at: datetime | None
    deleted_at: datetime | None
    pinned_at: datetime | None


def register() -> None:
    lines.leave_out(*notes.WRITTEN)
    lines.register_source(
        lines.Source(
            "messages",
            messages_of,
            order=10,
            label=gettext_lazy("Messages"),
            gathered=lines.Gathered(_alike, _told, _together, _between),
        )
    )
    lines.register_source(lines.Source("notes", notes_of, order=20, label=gettext_lazy("Notes")))


def messages_of(lead: Lead, reader: Membership, group: str, before: int | None, limit: int) -> list[Heard]:
    if before is None:
        return [Heard._make(row) for row in _newest(limit).rows(lead=lead.pk)]
    place = Message.objects.of_lead(lead).filter(pk=before).values("sent_at", "sequence", "pk").first()
    if place is None:
        return []
    rows = thread.earlier(lead.pk, place["sent_at"], place["sequence"], place["pk"])
    return [Heard._make(row) for row in _heard(rows)[:limit]]


def notes_of(lead: Lead, reader: Membership, group: str, before: int | None, limit: int) -> list[Line]:
    if before is None:
        found = [Noted._make(row) for row in _newest_notes(limit).rows(lead=lead.pk)]
    else:
        last = Note.objects.of_lead(lead).filter(pk=before).first()
        if last is None:
            return []
        same_time = Q(created_at=last.created_at, pk__lt=last.pk)
        rows = Note.objects.of_lead(lead).filter(
            Q(created_at__lte=last.created_at), Q(created_at__lt=last.created_at) | same_time
        )
        found = [Noted._make(row) for row in _noted(rows)[:limit]]
    known = mentions.names(mentions.ids_in(note.words for note in found), reader.workspace_id)
    words = partial(mentions.shown, known=known, words=partial(naming.shown_text, membership=reader))
    return [_note(note, words) for note in found]


def _heard(rows: MessageQuerySet) -> "QuerySet[Any, tuple[Any, ...]]":
    return rows.annotate(said=Left("text", WORDS), erased=KT("data__erased")).values_list(
        "pk",
        "sent_at",
        "channel_id",
        "channel__kind",
        "channel__name",
        "direction",
        "kind",
        "said",
        "author__user__name",
        "delivery",
        "revoked_at",
        "is_blocked",
        "erased",
    )


def _noted(rows: NoteQuerySet) -> "QuerySet[Any, tuple[Any, ...]]":
    return (
        rows.newest_first()
        .annotate(said=Left("text", WORDS))
        .values_list("pk", "created_at", "said", "author__user__name", "edited_at", "deleted_at", "pinned_at")
    )


@lru_cache(maxsize=16)
def _newest_notes(limit: int) -> "Prepared[tuple[Any, ...]]":
    return Prepared(lambda lead: _noted(Note.objects.filter(lead_id=lead))[:limit], lead=-1)


@lru_cache(maxsize=16)
def _newest(limit: int) -> "Prepared[tuple[Any, ...]]":
    return Prepared(lambda lead: _heard(Message.objects.filter(lead_id=lead).newest_first())[:limit], lead=-1)


def _alike(messages: Sequence[Heard]) -> Sequence[Hashable]:
    """Those of one day and channel."""
    zone = timezone.get_current_timezone()
    return [(one.at.astimezone(zone).date(), one.channel_id) for one in messages]


def _between(lead: Lead, newest: int, oldest: int, limit: int) -> list[Heard]:
    """Those of the channel of both, the newest first."""
    ends = list(Message.objects.of_lead(lead).filter(pk__in=[newest, oldest]).newest_first())
    if {one.pk for one in ends} != {newest, oldest}:
        return []
    rows = Message.objects.of_lead(lead).filter(
        channel_id=ends[0].channel_id, sent_at__gte=ends[-1].sent_at, sent_at__lte=ends[0].sent_at
    )
    return [Heard._make(row) for row in _heard(rows.newest_first())[:limit]]


def _told(lead: Lead, messages: Sequence[Heard], reader: Membership) -> list[Line]:
    """One query, for the names of files; none where only text was written."""
    with_files = [one.pk for one in messages if one.kind not in WITHOUT_FILES and not one.revoked_at]
    files: dict[int, list[str]] = {}
    if with_files:
        rows = Attachment.objects.filter(message_id__in=with_files).exclude(name="").order_by("id")
        for message, name in rows.values_list("message_id", "name"):
            files.setdefault(message, []).append(name)
    where = url("inbox:thread", workspace_id=reader.workspace.public_id, pk=lead.pk)
    return [
        Line(
            one.pk,
            one.at,
            _message(one, reader, files.get(one.pk, ()), f"{where}#m{one.pk}"),
            origin=one.author or "",
        )
        for one in messages
    ]


def _message(message: Heard, reader: Membership, files: Sequence[str], href: str) -> Told:
    has_failed = message.delivery == Delivery.FAILED
    marks = [
        message.channel_name,
        str(Delivery.FAILED.label) if has_failed else "",
        _("Blocked") if message.is_blocked else "",
    ]
    if not message.is_ours:
        text, icon = _("Wrote to us"), "message-circle"
    else:
        text, icon = (_("wrote") if message.author else _("Sent")), "reply"
    return Told(
        text,
        icon,
        tone="danger" if has_failed else "neutral",
        impersonal=not (message.is_ours and message.author),
        said=_words(message, reader, files),
        where=" · ".join(filter(None, marks)),
        href=href,
    )


def _together(messages: Sequence[Heard], reader: Membership) -> Told:
    """Their number, and the last words."""
    number = len(messages)
    return Told(
        ngettext("%(number)s message", "%(number)s messages", number) % {"number": number},
        "messages-square",
        impersonal=True,
        said=_words(messages[0], reader, ()),
        where=messages[0].channel_name,
    )


def _words(message: Heard, reader: Membership, files: Sequence[str]) -> str:
    if message.revoked_at is not None:
        return _("Deleted message")
    if message.erased:
        return _("Erased")
    said = cards.last_words(message.kind, linking.for_reader(message.words, reader))
    if not files:
        return said
    names = naming.shown_text(", ".join(files), reader)
    return f"{names} · {said}" if message.words else f"{MessageKind(message.kind).label}: {names}"


def _note(note: Noted, words: Callable[[str], str]) -> Line:
    who = note.author or _("Somebody who left")
    if note.deleted_at is not None:
        return Line(note.pk, note.at, Told(_("deleted a note"), "trash-2"), origin=who)
    marks = [_("Edited") if note.edited_at else "", _("Pinned") if note.pinned_at else ""]
    told = Told(
        _("wrote a note"),
        "sticky-note",
        tone="warning",
        said=words(_CUT_NAME.sub("…", note.words)),
        where=" · ".join(filter(None, marks)),
    )
    return Line(note.pk, note.at, told, origin=who)
