"""What happened to a lead, newest first, in words. Events here; floors above add words for their verbs, and sources.

    timeline.register_words(Verb.MOVED, told_move, group=timeline.MOVES)
    timeline.register_source(timeline.Source("calls", calls_of, label=_("Calls")))
    timeline.register_explanation("decision", explain)     of events whose facts name a decision
    timeline.leave_out(Verb.NOTED)     beside the source that tells the notes themselves

A page of it is merged from all sources by time. The cursor holds how far each has been read. A source of very many
short things (messages) has them gathered: those that follow each other, are alike and are FEWEST or more are one line,
which opens.
"""

import heapq
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
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
FEWEST = 4  # of what is alike, that stand together as one line
BREADTH = 4  # how much more is read of a source that is gathered
MOST_OPENED = 500  # of one line that is opened
EVENTS = "events"
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
    """An event in words, after the name of who did it: "moved it". `tone` as in ui/_badges.html. `said` is what was
    written, in short, `where` by which channel or how, `href` where it stands."""

    text: str
    icon: str
    changes: tuple[Change, ...] = ()
    tone: str = "neutral"
    impersonal: bool = False  # the text is a whole sentence: nobody's name stands before it
    why: Why | None = None
    said: str = ""
    where: str = ""
    href: str = ""


@dataclass(frozen=True)
class Line:
    """One row. `pk` orders those of one source; `who` is None where the house did it: `origin` says for whom. One that
    stands for several, down to the one with the pk `oldest`, says so."""

    pk: int
    at: datetime
    told: Told
    who: Membership | None = None
    origin: str = ""
    source: str = ""
    oldest: int | None = None


@dataclass(frozen=True)
class Gathered:
    """How a source of very many things is told. alike: of all that was read, what those have in common that may be one
    line. tell: some of what was read as lines. together: some that are alike in words. between(lead, newest, oldest,
    limit): what one line stood for."""

    alike: Callable[[Sequence[Any]], Sequence[Hashable]]
    tell: Callable[[Lead, Sequence[Any], Membership], Sequence[Line]]
    together: Callable[[Sequence[Any], Membership], Told]
    between: Callable[[Lead, int, int, int], Sequence[Any]]


@dataclass(frozen=True)
class Source:
    """`lines(lead, reader, group, before, limit)`: newest first, those that follow the one with the pk `before`;
    `group` is one of GROUPS for events, else "". Of one that is `gathered` they are what its `tell` understands."""

    key: str
    lines: Callable[[Lead, Membership, str, int | None, int], Sequence[Any]]
    order: int = 100
    label: str | Promise = ""
    gathered: Gathered | None = None


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
_left_out: set[str] = set()  # verbs that another source tells
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


def leave_out(*verbs: StrEnum) -> None:
    """Where all is told, another source tells these."""
    _left_out.update(verbs)


def kinds() -> list[tuple[str, str | Promise]]:
    """What one may narrow it to: one source, or a group of the changes."""
    return [(source.key, source.label) for source in sources]


def page(lead: Lead, reader: Membership, *, group: str = "", cursor: str = "", limit: int = LIMIT) -> Page:
    """`group`: a source's key, or one of GROUPS.

    1. Each source gives its newest beyond where it was read to. 2. They are merged by time, and those that are alike
    gathered. 3. When `limit` lines are full, or a source may have more than it gave, the page ends: its cursor is how
    far each was read. 4. Only what is shown is put in words.
    """
    places = _places(cursor)
    left: dict[str, int] = {}  # of what a source gave, where it may have more
    found = []
    for source in _asked(group):
        wanted = (limit + 1) * (BREADTH if source.gathered else 1)
        rows = source.lines(
            lead, reader, "" if group == source.key else group, places.get(source.key), wanted
        )
        if len(rows) >= wanted:
            left[source.key] = len(rows)
        alike = source.gathered.alike(rows) if source.gathered else [None] * len(rows)
        found.append([(row.at, row.pk, row, source, what) for row, what in zip(rows, alike, strict=True)])
    clusters: list[_Cluster] = []
    count, is_more = 0, False
    for _at, pk, row, source, what in heapq.merge(*found, key=lambda one: one[:2], reverse=True):
        if not (clusters and clusters[-1].takes(source, what)):
            if count + (clusters[-1].lines if clusters else 0) >= limit:
                is_more = True
                break
            count += clusters[-1].lines if clusters else 0
            clusters.append(_Cluster(source, what))
        clusters[-1].rows.append(row)
        places[source.key] = pk
        if source.key in left:
            left[source.key] -= 1
            if not left[source.key]:
                is_more = True
                break
    more = ".".join(f"{key}:{pk}" for key, pk in places.items()) if is_more else ""
    return Page(list(_told_all(lead, reader, clusters)), more)


def opened(lead: Lead, reader: Membership, source: Source, newest: int, oldest: int) -> list[Line]:
    """What one line stands for."""
    if source.gathered is None:
        return []
    rows = source.gathered.between(lead, newest, oldest, MOST_OPENED)
    return [replace(line, source=source.key) for line in source.gathered.tell(lead, rows, reader)]


@dataclass
class _Cluster:
    """What follows each other and is alike; of a source that is not gathered, one."""

    source: Source
    alike: Hashable
    rows: list[Any] = field(default_factory=list)

    def takes(self, source: Source, alike: Hashable) -> bool:
        return source is self.source and source.gathered is not None and alike == self.alike

    @property
    def is_one(self) -> bool:
        return self.source.gathered is not None and len(self.rows) >= FEWEST

    @property
    def lines(self) -> int:
        return 1 if self.is_one else len(self.rows)


def _asked(group: str) -> list[Source]:
    """Of nothing in particular, all."""
    return [source for source in sources if not group or source.key == (EVENTS if group in GROUPS else group)]


def _told_all(lead: Lead, reader: Membership, clusters: Sequence[_Cluster]) -> Iterator[Line]:
    told: dict[tuple[str, int], Line] = {}
    for source in sources:
        rows = [row for one in clusters if one.source is source and not one.is_one for row in one.rows]
        if source.gathered and rows:
            told |= {(source.key, line.pk): line for line in source.gathered.tell(lead, rows, reader)}
    for one in clusters:
        if one.is_one and one.source.gathered:
            words = one.source.gathered.together(one.rows, reader)
            newest = one.rows[0]
            yield Line(newest.pk, newest.at, words, source=one.source.key, oldest=one.rows[-1].pk)
            continue
        for row in one.rows:
            yield replace(told.get((one.source.key, row.pk), row), source=one.source.key)


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
    """Without those that put it elsewhere in its column, and those that another source tells."""
    rows = Event.objects.of_lead(lead).exclude(changes={}, verb="lead.moved")
    return rows.exclude(verb__in=sorted(_left_out)) if _left_out else rows


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
