"""Notes as the thread shows them, among its messages.

Where they stand is found by the events of their being written, which a stretch of the thread reads anyway: a thread
without notes costs nothing more, one with notes one query for them, and one for the names that stand in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from zlib import crc32

from markupsafe import Markup, escape

from crm.prepared import Prepared
from directory import naming
from directory.cards import PinnedNote
from directory.models import Event, Lead, Placement
from inbox import mentions
from inbox.conversations import linking
from inbox.models import Draft, Note
from inbox.models.note import NoteQuerySet
from inbox.verbs import Verb
from workspaces.models import Membership

MOST = 200  # notes of one stretch of a thread; of more, the newest, and the list of all is a click away
PAGE = 30
SHOWN_PINNED = 20  # of a lead: more than are pinned, unless leads that had some became one
WRITTEN = frozenset(
    {Verb.NOTED, Verb.NOTE_EDITED, Verb.NOTE_DELETED}
)  # events which the notes themselves tell
TOLD = WRITTEN | {
    Verb.NOTE_PINNED,
    Verb.NOTE_UNPINNED,
}  # and in the thread, where they say whether they are pinned
Bounds = tuple[int, datetime, datetime]  # a lead's id; since, until
_SHOWN = (
    *(column.attname for column in Note._meta.concrete_fields),
    "author__user__name",
    "author__user__avatar",
)
_rows = Prepared(
    lambda ids: (
        Note.objects.filter(pk__any=ids)
        .select_related("author__user")
        .only(*_SHOWN)
        .order_by("created_at", "id")
    ),
    ids=[-1],
)

_pinned = Prepared(
    lambda leads: (
        Note.objects.filter(lead_id__any=leads).pinned().select_related("author__user").only(*_SHOWN)
    ),
    leads=[-1],
)


@dataclass(frozen=True)
class Shown:
    """A note as one reader sees it. `author` is who wrote it, None where they are gone for good."""

    pk: int
    at: datetime
    client_id: str
    author: Membership | None
    html: Markup
    is_mine: bool
    is_edited: bool
    is_deleted: bool
    is_pinned: bool
    version: str

    @property
    def key(self) -> str:
        return f"note-{self.pk}"


@dataclass(frozen=True)
class Among:
    """The notes of a stretch, oldest first. `cut`: there are older ones in it that are not here."""

    notes: list[Shown]
    cut: bool = False


@dataclass(frozen=True)
class Listed:
    """A page of all notes of a lead, newest first; `older` is the id to go on from, or None. Those that are pinned
    stand on the first page, before the others."""

    notes: list[Shown]
    older: int | None
    pinned: list[Shown] = field(default_factory=list)


@dataclass(frozen=True)
class Written:
    """A text as its author edits it, and whom the names in it mean: {"Ana Gil": 5}."""

    text: str
    people: Mapping[str, int]


def among(events: Sequence[Event], reader: Membership, *, beyond: Bounds | None = None) -> Among:
    """Notes whose being written is among the events that a stretch has read, newest first. `beyond`: it has not read
    all there are within these bounds, and they are asked for by themselves."""
    if beyond is None:
        ids = [event.facts["note"] for event in events if event.verb == Verb.NOTED]
    else:
        lead, since, until = beyond
        written = Event.objects.filter(
            lead_id=lead, verb=Verb.NOTED, created_at__gte=since, created_at__lt=until
        )
        ids = [facts["note"] for facts in written.order_by("-id").values_list("facts", flat=True)[: MOST + 1]]
    if not ids:
        return Among([])
    return Among(shown_all(_rows.rows(ids=ids[:MOST]), reader), cut=len(ids) > MOST)


def shown_all(notes: Sequence[Note], reader: Membership) -> list[Shown]:
    known = mentions.names(mentions.ids_in(note.text for note in notes), reader.workspace_id)
    return [_shown(note, known, reader) for note in notes]


def alone(note: Note, reader: Membership) -> Shown:
    return shown_all([note], reader)[0]


def of_lead(lead: Lead, reader: Membership, before: int | None = None) -> Listed:
    """Raises Note.DoesNotExist where `before` is not a note of this lead."""
    rows = of(lead).filter(pinned_at=None).newest_first()
    first: list[Note] = []
    if before is None:
        first = list(of(lead).pinned()[:SHOWN_PINNED])
    else:
        last = of(lead).get(pk=before)
        rows = rows.filter(created_at__lte=last.created_at).exclude(
            created_at=last.created_at, pk__gte=last.pk
        )
    found = list(rows[: PAGE + 1])
    shown = shown_all([*first, *found[:PAGE]], reader)
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    return Listed(shown[len(first) :], older, shown[: len(first)])


def pinned(placements: Sequence[Placement], reader: Membership) -> dict[int, tuple[PinnedNote, ...]]:
    """The card part."""
    rows = _pinned.rows(leads=[placement.pk for placement in placements])
    found: dict[int, list[PinnedNote]] = {}
    for row, shown in zip(rows, shown_all(rows, reader), strict=True):
        found.setdefault(row.lead_id, []).append(PinnedNote(row.pk, shown.at, shown.author, shown.html))
    return {lead: tuple(theirs[:SHOWN_PINNED]) for lead, theirs in found.items()}


def of(lead: Lead) -> NoteQuerySet:
    return Note.objects.of_lead(lead).select_related("lead", "author__user")


def draft(lead: Lead, by: Membership) -> str | None:
    return Draft.objects.filter(lead=lead, membership=by, is_note=True).values_list("text", flat=True).first()


def begun(text: str | None, by: Membership) -> Written:
    """For a text field: a draft, or a note to be changed. One query where it names anybody."""
    text = text or ""
    people = mentions.handles(mentions.names(mentions.ids_in([text]), by.workspace_id))
    return Written(mentions.shown(text, {pk: handle for handle, pk in people.items()}), people)


def _shown(note: Note, known: Mapping[int, str], reader: Membership) -> Shown:
    said = (
        note.text,
        note.edited_at,
        note.deleted_at,
        note.pinned_at,
        sorted(known.items()),
        note.author_id,
    )
    return Shown(
        pk=note.pk,
        at=note.created_at,
        client_id=str(note.client_id or ""),
        author=note.author,
        html=_html(note.text, known, reader),
        is_mine=note.author_id == reader.pk,
        is_edited=note.edited_at is not None,
        is_deleted=note.is_deleted,
        is_pinned=note.is_pinned,
        version=f"{crc32(repr(said).encode('utf-8', 'replace')):x}",
    )


def _html(text: str, known: Mapping[int, str], reader: Membership) -> Markup:
    """Escaped and linked as messages are, piece by piece between the names; numbers masked for who may not see them."""
    words = partial(naming.shown_text, membership=reader)
    return Markup("").join(
        linking.rich(words(part)) if isinstance(part, str) else _name(part, known, reader)
        for part in mentions.parts(text)
    )


def _name(pk: int, known: Mapping[int, str], reader: Membership) -> Markup:
    if pk not in known:
        return escape(f"@[{pk}]")
    whose = "mention is-me" if pk == reader.pk else "mention"
    return Markup('<span class="{}" dir="auto">@{}</span>').format(whose, known[pk])
