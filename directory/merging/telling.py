"""Merges in words, as the timeline tells them."""

from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.ui import money
from directory import merging, timeline
from directory.merging import fields
from directory.models import Event, Lead, Outcome, Status
from directory.naming import shown_text
from directory.timeline import Change, Names, Told
from directory.verbs import Verb


def register() -> None:
    timeline.register_names("merged", _leads)
    timeline.register_words(Verb.MERGED, _merged, group=timeline.DATA)
    timeline.register_words(Verb.SPLIT, _split, group=timeline.DATA)


def _merged(event: Event, names: Names) -> Told:
    _none, other = event.changes.get("merged", [None, None])
    return Told(
        _("merged another lead into this one"), "merge", (_lead(names, "", other), *_chosen(event, names))
    )


def _split(event: Event, names: Names) -> Told:
    other, _none = event.changes.get("merged", [None, None])
    return Told(_("undid the merge with another lead"), "split", (_lead(names, other, ""), *_stayed(event)))


def _stayed(event: Event) -> tuple[Change, ...]:
    """What stayed with the remaining lead, and why."""
    stayed = event.facts.get("stayed", {})
    found = []
    for table in merging.tables():
        if number := stayed.get(table.model, 0):
            words = ngettext(
                "%(count)s stayed: it came after the merge",
                "%(count)s stayed: they came after the merge",
                number,
            )
            found.append(Change(str(table.label), "", words % {"count": number}))
    for key in stayed.get("fields", ()):
        label = str(fields.LABELS.get(key, key))
        found.append(Change(label, "", _("stayed: it was changed after the merge")))
    return tuple(found)


def _lead(names: Names, old: Any, new: Any) -> Change:
    """It is named by its name as it is now, masked for who may not see numbers."""
    called = [
        shown_text(names.of("merged", one), names.reader) or f"#{one}" if one else "" for one in (old, new)
    ]
    return Change(_("Lead"), *called)


def _chosen(event: Event, names: Names) -> tuple[Change, ...]:
    """What the merge changed."""
    found = []
    for key, called in fields.TEXTS.items():
        if any(event.changes.get(key, ())):
            old, new = (shown_text(str(one or ""), names.reader) for one in event.changes[key])
            found.append(Change(str(called), old, new))
    for key, label in (
        ("stage_id", _("Stage")),
        ("assignee_id", _("Assignee")),
        ("close_reason_id", _("Reason")),
    ):
        if key in event.changes:
            old, new = (names.of(key, one) if one else "" for one in event.changes[key])
            found.append(Change(label, old, new))
    for key, label, words in (
        ("outcome", _("Outcome"), dict(Outcome.choices)),
        ("status", _("Status"), dict(Status.choices)),
    ):
        if key in event.changes:
            old, new = (str(words.get(one, one)) for one in event.changes[key])
            found.append(Change(label, old, new))
    currency = names.reader.workspace.currency
    if "value" in event.changes:
        old, new = (money.shown(Decimal(one), currency) if one else "" for one in event.changes["value"])
        found.append(Change(_("Value"), old, new))
    return tuple(found)


def _leads(ids: list[int]) -> "QuerySet[Any, Any]":
    return Lead.objects.filter(pk__any=ids).annotate(called=F("name"))
