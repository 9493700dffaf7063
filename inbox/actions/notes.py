"""Notes about a lead: written, edited and deleted by their author, pinned by whoever sees it. Nothing here knows a
channel or a provider."""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory import listening
from directory.actions import events, placements
from directory.models import Lead, Placement
from inbox import mentions
from inbox.actions import drafts
from inbox.models import Note
from inbox.verbs import Verb
from workspaces.errors import Refused
from workspaces.models import Membership

LONGEST = 10_000
MOST_PINNED = 5  # of a lead: what all should read first is little


@transaction.atomic
def write(lead: Lead, *, by: Membership, text: str, client_id: UUID | None = None) -> Note:
    """A note in the lead's thread. Posted twice with one `client_id` it is one, the first.

    Whom it names is in the event: people who see the lead now. Raises Placement.DoesNotExist where the author does not
    see it, Refused where the text cannot stand.
    """
    placement = placements.locked(lead.pk, by=by)  # notes of one lead come one after the other
    if client_id and (known := Note.objects.of_lead(lead).filter(client_id=client_id).first()):
        return known
    text, named = mentions.settled(_checked(text), placement, by)
    note = Note(lead=lead, author=by, text=_checked(text), client_id=client_id)
    note.save(force_insert=True)
    drafts.keep(lead, by=by, text="", is_note=True)
    _record(placement, note, Verb.NOTED, by, named)
    return note


@transaction.atomic
def edit(note: Note, *, by: Membership, text: str) -> Note:
    """The event names only who is named for the first time. PermissionDenied for all but the author."""
    placement, note = _own(note, by)
    before = mentions.ids_in([note.text])
    text, named = mentions.settled(_checked(text), placement, by)
    if text == note.text:
        return note
    note.text, note.edited_at = _checked(text), timezone.now()
    note.save(update_fields=["text", "edited_at"])
    _record(placement, note, Verb.NOTE_EDITED, by, [pk for pk in named if pk not in before])
    return note


@transaction.atomic
def delete(note: Note, *, by: Membership) -> Note:
    """A line stays, the words go. PermissionDenied for all but the author."""
    placement, note = _own(note, by)
    note.text, note.deleted_at = "", timezone.now()
    note.pinned_at = note.pinned_by = None
    note.save(update_fields=["text", "deleted_at", "pinned_at", "pinned_by"])
    _record(placement, note, Verb.NOTE_DELETED, by)
    return note


@transaction.atomic
def pin(note: Note, *, by: Membership) -> Note:
    """To the top of the lead's card, for everybody; whoever may write notes there may. Refused where MOST_PINNED are
    there already, or the note is gone."""
    placement, note = _locked(note, by)
    if note.is_pinned:
        return note
    if Note.objects.of_lead(placement.lead).pinned().count() >= MOST_PINNED:
        raise Refused(
            _("At most %(most)s notes of a lead are pinned. Unpin one first.") % {"most": MOST_PINNED}
        )
    note.pinned_at, note.pinned_by = timezone.now(), by
    note.save(update_fields=["pinned_at", "pinned_by"])
    _record(placement, note, Verb.NOTE_PINNED, by)
    return note


@transaction.atomic
def unpin(note: Note, *, by: Membership) -> Note:
    placement, note = _locked(note, by)
    if not note.is_pinned:
        return note
    note.pinned_at = note.pinned_by = None
    note.save(update_fields=["pinned_at", "pinned_by"])
    _record(placement, note, Verb.NOTE_UNPINNED, by)
    return note


def _own(note: Note, by: Membership) -> tuple[Placement, Note]:
    if note.author_id != by.pk:
        raise PermissionDenied
    return _locked(note, by)


def _locked(note: Note, by: Membership) -> tuple[Placement, Note]:
    """Both as they are now."""
    placement = placements.locked(note.lead_id, by=by)
    note = Note.objects.select_for_update(no_key=True, of=("self",)).get(pk=note.pk)
    if note.is_deleted:
        raise Refused(_("This note was deleted."))
    return placement, note


def _checked(text: str) -> str:
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text:
        raise Refused(_("Write something first."))
    if len(text) > LONGEST:
        raise Refused(
            _("The text has %(length)s characters; at most %(limit)s fit.")
            % {"length": len(text), "limit": LONGEST}
        )
    if len(mentions.ids_in([text])) > mentions.MOST:
        raise Refused(_("A note may name at most %(most)s people.") % {"most": mentions.MOST})
    return text


def _record(
    placement: Placement, note: Note, verb: StrEnum, by: Membership, named: Collection[int] | None = None
) -> None:
    """The event says that there is a note, and whom it concerns; its words stay in its row."""
    facts: dict[str, object] = {"note": note.pk}
    if named is not None:
        facts["mentions"] = list(named)
    events.record(placement, by=by, verb=verb, facts=facts)
    listening.tell(placement, kind="thread")
