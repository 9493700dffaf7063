"""What happened to a lead, newest first, in words. Events here; floors above add words for their verbs, and sources.

    timeline.register_words(Verb.MOVED, told_move, group=timeline.MOVES)
    timeline.register_source(timeline.Source("calls", calls_of))
    timeline.register_explanation("decision", explain)     of events whose facts name a decision

A page of it is merged from all sources by time. The cursor holds how far each has been read.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from django.db.models import QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.cleanness import whole_number
from crm.prepared import Prepared, Remembered, Statement
from crm.ui.registry import Registry
from directory.models import Event, Lead
from directory.models.event import EventQuerySet
from workspaces.models import Membership

LIMIT = 30
MOVES, PEOPLE, DATA = "moves", "people", "data"
GROUPS: dict[str, str | Promise] = {MOVES: _("Moves"), PEOPLE: _("Assignment"), DATA: _("Data")}


@dataclass(frozen=True)
class Change:
    """Old and new, as words; empty where there was or is nothing."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Why:
    """Where it stands why something happened: a page, or the dialog of the one that is open."""

    label: str
    href: str


@dataclass(frozen=True)
class Told:
    """An event in words, after the name of who did it: "moved it". `tone` as in ui/_badges.html."""

    text: str
    icon: str
    changes: tuple[Change, ...] = ()
    tone: str = "neutral"
    impersonal: bool = False  # the text is a whole sentence: nobody's name stands before it
    why: Why | None = None


@dataclass(frozen=True)
class Line:
    """One row. `pk` orders those of one source; `who` is None where the house did it: `origin` says for whom."""

    pk: int
    at: datetime
    told: Told
    who: Membership | None = None
    origin: str = ""
    source: str = ""


Lines = Callable[[Lead, Membership, str, int | None, int], Sequence[Line]]


@dataclass(frozen=True)
class Source:
    """`lines(lead, reader, group, before, limit)`: newest first, with a pk below `before`; `group` "" is all."""

    key: str
    lines: Lines
    order: int = 100


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    next: str  # the cursor of what is older, or empty


class Names:
    """What ids in events are called now, read at once for a whole page: one query, none where there are no ids.
    `reader` decides what is masked."""

    def __init__(self, reader: Membership, events: Iterable[Event]) -> None:
        self.reader = reader
        wanted: dict[str, set[int]] = {}
        for event in events:
            for name, pair in event.changes.items():
                if name in _names:
                    wanted.setdefault(name, set()).update(one for one in pair if isinstance(one, int))
        self._found: dict[str, dict[int, str]] = {}
        if any(wanted.values()):
            asked = tuple(sorted(name for name, ids in wanted.items() if ids))
            for name, pk, called in _named(asked).rows(**{name: list(wanted[name]) for name in asked}):
                self._found.setdefault(name, {})[pk] = called

    def of(self, field_name: str, value: Any) -> str:
        """The name of an id in a field of `changes`; a dash where it is gone."""
        return self._found.get(field_name, {}).get(value, "—")


@dataclass(frozen=True)
class _Words:
    tell: Callable[[Event, Names], Told]
    group: str


@dataclass
class _Registered:
    words: dict[str, _Words] = field(default_factory=dict)


_registered = _Registered()
Named = Callable[[list[int]], QuerySet[Any, Any]]
_names: dict[str, Named] = {}
_LEAD = -1  # no lead's key: it stands for the one asked for
_first: Remembered[Statement[Event]] = Remembered()
_explanations: dict[str, Callable[[Event, Names, Told], Told]] = {}
sources: Registry[Source] = Registry("Timeline source")


def register_words(verb: StrEnum, tell: Callable[[Event, Names], Told], *, group: str) -> None:
    _registered.words[verb] = _Words(tell, group)


def register_names(field_name: str, named: Named) -> None:
    """How ids in a field of `changes` ("stage_id") become names: the rows of these ids, annotated with `called`."""
    _names[field_name] = named


@cache
def _named(fields: tuple[str, ...]) -> Prepared[tuple[str, int, str]]:
    """(field, id, name) of ids in some fields."""

    def build(**ids: list[int]) -> QuerySet[Any, tuple[str, int, str]]:
        first, *others = (
            _names[name](ids[name]).annotate(field=Value(name)).values_list("field", "pk", "called")
            for name in fields
        )
        every: QuerySet[Any, tuple[str, int, str]] = first.union(*others, all=True)
        return every

    samples: dict[str, Any] = {name: [-1 - place] for place, name in enumerate(fields)}
    return Prepared(build, **samples)


def register_explanation(fact: str, explain: Callable[[Event, Names, Told], Told]) -> None:
    """Where `facts` of an event have this name, a floor above knows more of it: it may put other words, and a `why`."""
    _explanations[fact] = explain


def register_group(key: str, label: str | Promise) -> None:
    GROUPS[key] = label


def register_source(source: Source) -> None:
    sources.register(source)


def page(lead: Lead, reader: Membership, *, group: str = "", cursor: str = "", limit: int = LIMIT) -> Page:
    """1. Each source gives its newest rows beyond where it was read to. 2. They are merged by time. 3. Those that are
    shown move their source's place; there is more if any source gave one that is not shown."""
    places = _places(cursor)
    found = [
        [
            Line(one.pk, one.at, one.told, one.who, one.origin, source.key)
            for one in source.lines(lead, reader, group, places.get(source.key), limit + 1)
        ]
        for source in sources
    ]
    merged = list(heapq.merge(*found, key=lambda line: (line.at, line.pk), reverse=True))
    shown = merged[:limit]
    for line in shown:
        places[line.source] = line.pk
    more = ".".join(f"{key}:{pk}" for key, pk in places.items()) if len(merged) > limit else ""
    return Page(shown, more)


def tell_all(events: Sequence[Event], reader: Membership) -> list[Line]:
    """Events, with their actors' users, as lines."""
    names = Names(reader, events)
    return [
        Line(event.pk, event.created_at, _told(event, names), event.actor, event.get_origin_display())
        for event in events
    ]


def events_of(lead: Lead, reader: Membership, group: str, before: int | None, limit: int) -> list[Line]:
    """The source of this floor."""
    if not group and before is None:
        first = _first.get(limit, lambda: Statement.of(_shown(_LEAD)[:limit], kept=True, lead=_LEAD))
        return tell_all(first.rows(lead=lead.pk), reader)
    rows = _shown(lead)
    if group:
        rows = rows.filter(verb__in=verbs_of(group))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tell_all(list(rows[:limit]), reader)


def _shown(lead: Lead | int) -> EventQuerySet:
    """Without those that put it elsewhere in its column."""
    return Event.objects.of_lead(lead).exclude(changes={}, verb="lead.moved")


def verbs_of(group: str) -> list[str]:
    return [verb for verb, words in _registered.words.items() if words.group == group]


def _told(event: Event, names: Names) -> Told:
    words = _registered.words.get(event.verb)
    told = words.tell(event, names) if words else Told(event.verb, "circle-dot")
    for fact in _explanations.keys() & event.facts.keys():
        told = _explanations[fact](event, names, told)
    return told


def _places(cursor: str) -> dict[str, int]:
    """What a cursor says; one that this list never gave out says nothing."""
    places: dict[str, int] = {}
    for part in cursor.split("."):
        key, _colon, number = part.partition(":")
        pk = whole_number(number)
        if key in sources and pk is not None:
            places[key] = pk
    return places
