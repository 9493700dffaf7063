"""The events of this floor in words, as the timeline tells them after the name of who did it."""

from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.ui import money
from directory import custom, networks, timeline
from directory.models import CloseReason, Event, Outcome, Placement, Source, Status
from directory.naming import shown_phone, shown_text
from directory.timeline import Change, Names, Told
from directory.verbs import Verb
from workspaces.models import Membership


def register() -> None:
    timeline.register_source(
        timeline.Source(timeline.EVENTS, timeline.events_of, order=0, label=gettext_lazy("Changes"))
    )
    timeline.register_names("stage_id", _stages)
    timeline.register_names("assignee_id", _people)
    timeline.register_names("manager_id", _people)
    timeline.register_names("close_reason_id", _reasons)
    for group, told in (
        (
            timeline.DATA,
            {
                Verb.CREATED: _created,
                Verb.EDITED: _edited,
                Verb.VALUED: _valued,
                Verb.CONTACT_POINT_ADDED: _added,
                Verb.CONTACT_POINT_REMOVED: _removed,
                Verb.PROFILE_ADDED: _profile_added,
                Verb.PROFILE_REMOVED: _profile_removed,
                Verb.TAGGED: _tagged,
                Verb.UNTAGGED: _untagged,
                Verb.PERSONAL_ERASED: _personal_erased,
            },
        ),
        (timeline.PEOPLE, {Verb.ASSIGNED: _assigned, Verb.MANAGED: _managed}),
        (
            timeline.MOVES,
            {
                Verb.MOVED: _moved,
                Verb.STATUS_SET: _status_set,
                Verb.WON: _won,
                Verb.LOST: _lost,
                Verb.REOPENED: _reopened,
                Verb.ARCHIVED: _archived,
                Verb.UNARCHIVED: _unarchived,
            },
        ),
    ):
        for verb, tell in told.items():
            timeline.register_words(verb, tell, group=group)


def _created(event: Event, names: Names) -> Told:
    if event.actor is not None:
        return Told(_("created the lead"), "user-plus")
    source = event.facts.get("source", "")
    if source == Source.CHANNEL:
        return Told(_("Wrote for the first time"), "message-circle", impersonal=True)
    label = dict(Source.choices).get(source, "")
    return Told(_("Created: %(source)s") % {"source": label}, "user-plus", impersonal=True)


def _edited(event: Event, names: Names) -> Told:
    changes = (*_texts(event, names), *_own_fields(event, names))
    if event.changes.keys() == {"notes"}:
        return Told(_("changed the notes"), "notebook-pen", changes)
    if len(changes) == 1:
        return Told(_("changed %(field)s") % {"field": changes[0].label}, "pencil", changes)
    return Told(_("changed"), "pencil", changes)


def _texts(event: Event, names: Names) -> list[Change]:
    labels = {
        "name": _("Name"),
        "first_name": _("First name"),
        "second_name": _("Second name"),
        "last_name": _("Last name"),
        "city": _("City"),
        "address": _("Address"),
        "delivery_address": _("Delivery address"),
        "time_zone": _("Time zone"),
        "came_from": _("Where they came from"),
        "external_id": _("External ID"),
        "notes": _("Notes"),
    }
    return [
        Change(label, *(shown_text(str(one or ""), names.reader) for one in event.changes[key]))
        for key, label in labels.items()
        if any(event.changes.get(key, ()))
    ]


def _own_fields(event: Event, names: Names) -> list[Change]:
    """Of the workspace's own, as they are called now."""
    pairs = {
        int(key.removeprefix("custom.")): pair
        for key, pair in event.changes.items()
        if key.startswith("custom.")
    }
    if not pairs:
        return []
    fields = {field.pk: field for field in custom.fields_for(names.reader)}
    found = []
    for pk, pair in pairs.items():
        field = fields.get(pk)
        words = [custom.told(field, one, names.reader) for one in pair]
        found.append(Change(field.label if field else _("A field that was deleted"), *words))
    return found


def _profile(event: Event, names: Names) -> tuple[Change, ...]:
    label = networks.LABELS.get(event.facts.get("network", ""), _("Link"))
    words = (shown_text(str(one or ""), names.reader) for one in event.changes.get("profile", ("", "")))
    return (Change(label, *words),)


def _profile_added(event: Event, names: Names) -> Told:
    return Told(_("added a link"), "link", _profile(event, names))


def _profile_removed(event: Event, names: Names) -> Told:
    return Told(_("removed a link"), "unlink", _profile(event, names))


def _managed(event: Event, names: Names) -> Told:
    old, new = event.changes.get("manager_id", [None, None])
    who = [names.of("manager_id", one) if one else _("Nobody") for one in (old, new)]
    change = Change(_("Personal manager"), *who)
    if "left" in event.facts:
        text = _("Personal manager changed, since a person left")
        return Told(text, icon="user-minus", changes=(change,), impersonal=True)
    return Told(_("changed the personal manager"), "user-star", (change,))


def _valued(event: Event, names: Names) -> Told:
    currency = names.reader.workspace.currency
    old, new = (
        money.shown(Decimal(one), currency) if one else "" for one in event.changes.get("value", ["", ""])
    )
    return Told(_("set what it may be worth"), "banknote", (Change(_("Value"), old, new),))


def _added(event: Event, names: Names) -> Told:
    if event.facts.get("kind") == "phone":
        return Told(_("added a phone number"), "phone", _point(event, names))
    return Told(_("added an e-mail address"), "mail", _point(event, names))


def _removed(event: Event, names: Names) -> Told:
    if event.facts.get("kind") == "phone":
        return Told(_("removed a phone number"), "phone-off", _point(event, names))
    return Told(_("removed an e-mail address"), "mail-x", _point(event, names))


def _point(event: Event, names: Names) -> tuple[Change, ...]:
    changes = []
    for label, key in ((_("Phone"), "phone"), (_("E-mail"), "email")):
        if key in event.changes:
            old, new = (str(one or "") for one in event.changes[key])
            if key == "phone":
                old, new = (shown_phone(one, names.reader) if one else "" for one in (old, new))
            changes.append(Change(label, old, new))
    return tuple(changes)


def _tagged(event: Event, names: Names) -> Told:
    return Told(_("added the tag %(name)s") % {"name": event.facts.get("name", "")}, "tag")


def _untagged(event: Event, names: Names) -> Told:
    return Told(_("took off the tag %(name)s") % {"name": event.facts.get("name", "")}, "tag")


def _personal_erased(event: Event, names: Names) -> Told:
    return Told(_("erased the personal data"), "eraser", tone="danger")


def _assigned(event: Event, names: Names) -> Told:
    old, new = event.changes.get("assignee_id", [None, None])
    who = [names.of("assignee_id", one) if one else _("Unassigned") for one in (old, new)]
    change = Change(_("Assignee"), *who)
    if "left" in event.facts:
        return Told(
            _("Handed over, since a person left"), icon="user-minus", changes=(change,), impersonal=True
        )
    return Told(_("assigned") if new else _("unassigned"), "user-check" if new else "user-minus", (change,))


def _moved(event: Event, names: Names) -> Told:
    old, new = event.changes.get("stage_id", [None, None])
    places = [names.of("stage_id", one) if one else _("Inbox") for one in (old, new)]
    return Told(_("moved"), "arrow-right-left", (Change(_("Stage"), *places),))


def _status_set(event: Event, names: Names) -> Told:
    words = dict(Status.choices)
    old, new = (str(words.get(one, one)) for one in event.changes.get("status", ["", ""]))
    return Told(_("set the status"), "circle-dot", (Change(_("Status"), old, new),))


def _won(event: Event, names: Names) -> Told:
    return Told(_("marked it as won"), "trophy", _reason(event, names), tone="success")


def _lost(event: Event, names: Names) -> Told:
    return Told(_("marked it as lost"), "circle-x", _reason(event, names), tone="danger")


def _reason(event: Event, names: Names) -> tuple[Change, ...]:
    was = event.changes.get("outcome", [Outcome.OPEN, ""])[0]
    said = str(event.facts.get("words", ""))
    old, new = event.changes.get("close_reason_id", [None, None])
    words = tuple(names.of("close_reason_id", one) if one else "" for one in (old, new))
    changes: tuple[Change, ...] = (Change(_("Reason"), *words),) if any(words) else ()
    if said:
        changes += (Change(_("In their words"), "", shown_text(said, names.reader)),)
    if was:
        label = str(dict(Outcome.choices).get(was, was))
        return (Change(_("Outcome"), label, ""), *changes)
    return changes


def _reopened(event: Event, names: Names) -> Told:
    return Told(_("opened it again"), "rotate-ccw")


def _archived(event: Event, names: Names) -> Told:
    return Told(_("archived it"), "archive")


def _unarchived(event: Event, names: Names) -> Told:
    if event.actor is None:
        return Told(_("Back from the archive"), "archive-restore", impersonal=True)
    return Told(_("took it out of the archive"), "archive-restore")


def _stages(ids: list[int]) -> "QuerySet[Any, Any]":
    """Of the floor above; the placement names its model."""
    stage: Any = Placement._meta.get_field("stage").related_model
    rows: QuerySet[Any, Any] = stage._default_manager.filter(pk__any=ids)
    named: QuerySet[Any, Any] = rows.annotate(called=Concat("funnel__name", Value(" · "), "name"))
    return named


def _people(ids: list[int]) -> "QuerySet[Any, Any]":
    return Membership.objects.filter(pk__any=ids).annotate(called=F("user__name"))


def _reasons(ids: list[int]) -> "QuerySet[Any, Any]":
    return CloseReason.objects.filter(pk__any=ids).annotate(called=F("name"))
