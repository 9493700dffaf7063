"""Notes as the thread shows them, among its messages.

Where they stand is found by the events of their being written, which a stretch of the thread reads anyway: a thread
without notes costs nothing more, one with notes one query for them, and one for the names that stand in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zlib import crc32

from markupsafe import Markup, escape

from crm.prepared import Prepared
from directory import naming
from directory.models import Event, Lead
from inbox import mentions
from inbox.conversations import linking
from inbox.models import Draft, Note
from inbox.models.note import NoteQuerySet
from inbox.verbs import Verb
from workspaces.models import Membership

MOST = 200  # notes of one stretch of a thread; of more, the newest, and the list of all is a click away
PAGE = 30
TOLD = frozenset({Verb.NOTED, Verb.NOTE_EDITED, Verb.NOTE_DELETED})  # events which the notes themselves tell
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
    """A page of all notes of a lead, newest first; `older` is the id to go on from, or None."""

    notes: list[Shown]
    older: int | None


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
    rows = of(lead).newest_first()
    if before is not None:
        last = of(lead).get(pk=before)
        rows = rows.filter(created_at__lte=last.created_at).exclude(
            created_at=last.created_at, pk__gte=last.pk
        )
    found = list(rows[: PAGE + 1])
    return Listed(shown_all(found[:PAGE], reader), found[PAGE - 1].pk if len(found) > PAGE else None)


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
    said = (note.text, note.edited_at, note.deleted_at, sorted(known.items()), note.author_id)
    return Shown(
        pk=note.pk,
        at=note.created_at,
        client_id=str(note.client_id or ""),
        author=note.author,
        html=_html(note.text, known, reader),
        is_mine=note.author_id == reader.pk,
        is_edited=note.edited_at is not None,
        is_deleted=note.is_deleted,
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
