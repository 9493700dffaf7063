"""What happens in conversations in words, as the timeline tells it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import naming, timeline
from directory.models import Event, Lead
from directory.timeline import Change, Names, Told
from inbox.verbs import Verb

CONVERSATIONS = "conversations"


def register() -> None:
    timeline.register_group(CONVERSATIONS, gettext_lazy("Conversations"))
    for verb, tell in {
        Verb.OPENED: _opened,
        Verb.REFERRED: _referred,
        Verb.DUPLICATE_SUSPECTED: _suspected,
        Verb.SENDER_BLOCKED: _blocked,
        Verb.SENDER_UNBLOCKED: _unblocked,
        Verb.IDENTITY_CHANGED: _identity_changed,
        Verb.CONSENT_CHANGED: _consent_changed,
        Verb.NOTED: _noted,
        Verb.NOTE_EDITED: _note_edited,
        Verb.NOTE_DELETED: _note_deleted,
        Verb.NOTE_PINNED: _note_pinned,
        Verb.NOTE_UNPINNED: _note_unpinned,
        Verb.REACHABILITY_CHANGED: _reachability_changed,
    }.items():
        timeline.register_words(verb, tell, group=CONVERSATIONS)


def _opened(event: Event, names: Names) -> Told:
    if event.actor is not None:
        return Told(_("opened a conversation"), icon="message-circle")
    return Told(_("A conversation began"), icon="message-circle", impersonal=True)


def _referred(event: Event, names: Names) -> Told:
    if event.facts.get("source_type", "ad") not in ("ad", "post"):
        return Told(_("Came by a link"), icon="link", impersonal=True)
    return Told(_("Came from an advertisement"), icon="megaphone", impersonal=True)


def _suspected(event: Event, names: Names) -> Told:
    """The other one is named to who may see it."""
    other = Lead.objects.visible_to(names.reader).filter(pk=event.facts.get("other")).first()
    changes: tuple[Change, ...] = ()
    if other is not None:
        points = list(other.contact_points.order_by("id"))
        changes = (Change(_("Lead"), "", naming.called(other.name, points, names.reader)),)
    return Told(_("May be the same person as another lead"), icon="users", changes=changes, impersonal=True)


def _blocked(event: Event, names: Names) -> Told:
    return Told(_("blocked the sender"), icon="ban", tone="danger")


def _unblocked(event: Event, names: Names) -> Told:
    return Told(_("unblocked the sender"), icon="circle-check")


def _identity_changed(event: Event, names: Names) -> Told:
    words = {
        "number": _("Changed their number"),
        "id": _("Changed their account"),
        "security": _("Registered again, perhaps on another phone"),
    }
    reason = str(event.facts.get("reason", ""))
    return Told(words.get(reason, words["id"]), icon="smartphone", impersonal=True)


def _consent_changed(event: Event, names: Names) -> Told:
    if event.facts.get("allowed"):
        return Told(_("Wants to get campaigns again"), icon="bell", impersonal=True)
    return Told(_("Does not want campaigns any more"), icon="bell-off", impersonal=True)


def _noted(event: Event, names: Names) -> Told:
    return Told(_("wrote a note"), icon="sticky-note")


def _note_edited(event: Event, names: Names) -> Told:
    return Told(_("edited a note"), icon="sticky-note")


def _note_deleted(event: Event, names: Names) -> Told:
    return Told(_("deleted a note"), icon="trash-2")


def _note_pinned(event: Event, names: Names) -> Told:
    return Told(_("pinned a note"), icon="pin")


def _note_unpinned(event: Event, names: Names) -> Told:
    return Told(_("unpinned a note"), icon="pin-off")


def _reachability_changed(event: Event, names: Names) -> Told:
    if event.facts.get("reachable"):
        return Told(_("Can be written to again"), icon="message-circle", impersonal=True)
    return Told(_("Blocked us, or left: they cannot be written to"), icon="ban", impersonal=True)
