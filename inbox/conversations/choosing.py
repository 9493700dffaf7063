"""The filters of the list as one sees them: a chip for each that is set, and what each offers when it is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import choices, pipeline
from directory.choices import NOBODY, Option
from directory.filtering import words
from directory.filtering.words import Said
from directory.models import STATUS_MARKS, Status
from inbox.cards import marks_for
from inbox.conversations import names
from inbox.conversations.filters import INBOX
from inbox.conversations.names import Names
from inbox.conversations.wanted import Wanted
from workspaces.models import Membership, Team

Text = str | Promise


@dataclass(frozen=True)
class Field:
    label: Text
    icon: str
    load: Callable[[Membership], list[tuple[Text, list[Option]]]]


@dataclass(frozen=True)
class Chip:
    """`field` is empty where there is nothing to choose; `without` is the address of the list without it. `said` is a
    part of what the language of filters says."""

    field: str
    label: Text
    icon: str
    text: Text
    more: int
    without: str
    said: Said | None = None


def _stages(membership: Membership) -> list[tuple[Text, list[Option]]]:
    funnels = pipeline.current().choices(membership)
    found: list[tuple[Text, list[Option]]] = [("", [Option(INBOX, _("Inbox"), icon="inbox")])]
    found += [
        (funnel.name, [Option(one.pk, one.name, colour=one.colour) for one in funnel.stages])
        for funnel in funnels
    ]
    return found


def _teams(membership: Membership) -> list[tuple[Text, list[Option]]]:
    teams = Team.objects.visible_to(membership).by_name()
    return [("", [Option(team.pk, team.name, colour=team.colour) for team in teams])]


FIELDS = {
    "owners": Field(gettext_lazy("Assignee"), "user", lambda reader: [("", choices.people(reader))]),
    "teams": Field(gettext_lazy("Team"), "users", _teams),
    "channels": Field(gettext_lazy("Channel"), "radio-tower", lambda _reader: [("", choices.channels())]),
    "tags": Field(gettext_lazy("Tag"), "tag", lambda _reader: [("", choices.tags())]),
    "statuses": Field(gettext_lazy("Status"), "flame", lambda _reader: [("", choices.statuses())]),
    "stages": Field(gettext_lazy("Stage"), "square-kanban", _stages),
}


def chips(membership: Membership, wanted: Wanted) -> list[Chip]:
    """What is set, in the order of FIELDS. What is not there any more, or not theirs to see, has no name."""
    filters = wanted.filters
    if not filters.is_set:
        return []
    known = names.of(membership, filters)
    found = []
    for name, field in FIELDS.items():
        values = getattr(filters, name)
        if values:
            text = _name(membership, known, name, values[0]) or _("Unknown")
            icon = "" if name == "statuses" else field.icon  # the name of a status begins with its mark
            found.append(Chip(name, field.label, icon, text, len(values) - 1, wanted.without(name)))
    if filters.needs_reply:
        without = wanted.without("needs_reply")
        found.append(Chip("", _("Needs a reply"), "reply", _("Needs a reply"), 0, without))
    return [*found, *_said(membership, wanted)]


def _said(membership: Membership, wanted: Wanted) -> list[Chip]:
    more = wanted.filters.more
    if not more.is_set:
        return []
    return [
        Chip("", one.label or one.text, one.icon, one.text, 0, wanted.less(one.number), one)
        for one in words.parts(more.filter, membership)
    ]


def options(
    membership: Membership, wanted: Wanted, name: str
) -> list[tuple[Text, list[tuple[Option, bool, str]]]]:
    """What a filter offers, under headings: the option, whether it holds, the query of the list with it turned.
    KeyError for no filter."""
    chosen = getattr(wanted.filters, name) if name in FIELDS else ()
    return [
        (heading, [(one, one.value in chosen, wanted.toggled(name, one.value)) for one in found])
        for heading, found in FIELDS[name].load(membership)
    ]


def _name(membership: Membership, known: Names, name: str, value: Any) -> Text:
    if name == "statuses":
        status = Status(value)
        return f"{STATUS_MARKS[status]} {status.label}"
    if name == "channels":
        mark = marks_for(membership).get(value)
        return mark.label if mark else ""
    if name == "owners" and value == NOBODY:
        return _("Unassigned")
    if name == "stages" and value == INBOX:
        return _("Inbox")
    return known.get(name, value)
