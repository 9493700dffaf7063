"""Some leads of an act, under lock: what becomes of each, and the statements that write it.

1. The rows are locked in the order of their ids, as everyone does who locks several, and only those the person sees.
   NO KEY: messages that name a lead need not wait.
2. The kind of act says of each what becomes of it, and writes what changes by one statement for each table.
3. `finish` keeps what each was, counts, and tells pages once.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.utils import timezone

from crm import feed
from crm.jobs.abreast import Place
from crm.tenancy import references
from directory import actors, listening
from directory.actors import Actor
from directory.models import BulkAct, Event, Placement
from directory.models.placement import PlacementQuerySet
from workspaces.models import Membership

T = TypeVar("T")
MANY = 50  # above it pages are told once, and not lead by lead; see directory.actions.events


class At(NamedTuple):
    """Where a lead stands. The first four are always read; the rest are there where the act's `columns` name them."""

    lead: int
    assignee_id: int | None
    stage_id: int | None
    channel_id: int | None
    status: str = ""
    outcome: str = ""
    close_reason_id: int | None = None
    closed_at: datetime | None = None
    is_archived: bool = False
    position: str = ""
    stage_since: datetime | None = None


ALWAYS = ("assignee_id", "stage_id", "channel_id")
Columns = Sequence[str]
_TYPES = {
    "assignee_id": "bigint",
    "stage_id": "bigint",
    "status": "text",
    "outcome": "text",
    "close_reason_id": "bigint",
    "closed_at": "timestamptz",
    "is_archived": "boolean",
    "position": "text",
    "stage_since": "timestamptz",
}
_SILENT = {"position", "stage_since", "closed_at"}  # as of directory.actions.placements


def lock(leads: Sequence[int], *, by: Membership | None, columns: Columns = ()) -> list[At]:
    """In the order of their ids; of those that `by` sees, or of all that there are."""
    rows = Placement.objects.visible_to(by) if by is not None else Placement.objects.all()
    return _read(rows.select_for_update(no_key=True, of=("self",)), leads, columns)


def look(leads: Sequence[int], *, by: Membership) -> list[At]:
    """The same without a lock, for who takes locks of their own."""
    return _read(Placement.objects.visible_to(by), leads, ())


def _read(rows: PlacementQuerySet, leads: Sequence[int], columns: Columns) -> list[At]:
    named = ("pk", *ALWAYS, *columns)
    found = rows.filter(pk__any=list(leads)).order_by("pk").values_list(*named)
    if not columns:
        return [At(*row) for row in found]
    return [At(*row[:4], **dict(zip(columns, row[4:], strict=True))) for row in found]


@dataclass
class Batch:
    """`undoes`: what is written takes the act back. `keeps`: there is a way back. Of each row: `changed` (what it was),
    `same`, `refused` (why), or `gone`. `given`: how many leads each person got, `has`: from the batches before."""

    act: BulkAct
    by: Actor
    rows: Sequence[At]
    place: Place[Any]
    undoes: bool = False
    keeps: bool = True
    columns: Columns = ()
    now: datetime = field(default_factory=timezone.now)
    changed: dict[int, Any] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    given: Counter[int] = field(default_factory=Counter)
    has: Counter[int] = field(default_factory=Counter)
    _after: dict[int, At] = field(default_factory=dict)

    @property
    def same(self) -> int:
        return len(self.rows) - len(self.changed) - len(self.refused) - len(self.gone)

    def let_in(self) -> None:
        """What the next batch may rest on is decided: it may begin, while this one is written."""
        self.place.let_in(self.has + self.given)

    def write(
        self,
        values: Mapping[int, Mapping[str, Any]],
        *,
        verb: StrEnum,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Columns of placements, the same of each, and their events. What holds them already stays the same."""
        rows = {row.lead: row for row in self.rows if row.lead in values}
        unread = {name for some in values.values() for name in some} - {*ALWAYS, *self.columns}
        assert not unread, f"the act reads no {', '.join(sorted(unread))}"
        differing = {
            lead: {name: [getattr(row, name), new] for name, new in values[lead].items()}
            for lead, row in rows.items()
            if any(getattr(row, name) != new for name, new in values[lead].items() if name not in _SILENT)
        }
        if not differing:
            return
        self._update(differing)
        for lead, changes in differing.items():
            self.changed[lead] = {name: [_plain(old), _plain(new)] for name, (old, new) in changes.items()}
            self._after[lead] = rows[lead]._replace(**{name: new for name, (_old, new) in changes.items()})
        shown = {
            lead: {name: pair for name, pair in changes.items() if name not in _SILENT and pair[0] != pair[1]}
            for lead, changes in ((lead, self.changed[lead]) for lead in differing)
        }
        self.record([(lead, shown[lead], facts or {}) for lead in shown], verb=verb)

    def record(
        self, rows: Iterable[tuple[int, Mapping[str, Any], Mapping[str, Any]]], *, verb: StrEnum
    ) -> None:
        """(lead, changes, facts) of each event, which names the act that caused it."""
        person = actors.person(self.by)
        cause: dict[str, Any] = {"bulk": self.act.pk, **({"undo": True} if self.undoes else {})}
        kept = list(rows)  # so that what is the same object is spelt once
        each = {id(facts): facts for _lead, _changes, facts in kept}
        spelt = {key: _json({**facts, **cause}) for key, facts in each.items()}
        leads, which, said = _alike(
            (lead, (_json(changes) if changes else "{}", spelt[id(facts)])) for lead, changes, facts in kept
        )
        if not leads:
            return
        with references.by_statement(), connection.cursor() as cursor:
            cursor.execute(
                _RECORD,
                [
                    self.act.workspace_id,
                    verb.value,
                    person.pk if person else None,
                    actors.origin(self.by).value,
                    numbers(leads),
                    numbers(which),
                    _list(changes for changes, _facts in said),
                    _list(facts for _changes, facts in said),
                ],
            )

    def finish(self) -> None:
        """Keeps the rows, and says what happened, once. The numbers of the act are the caller's."""
        if self.undoes:
            self._keep_left()
        else:
            self._keep()
        if self.changed and self.keeps:
            feed.announce(Event)
            self._tell()

    def _update(self, changes: Mapping[int, Mapping[str, Sequence[Any]]]) -> None:
        names = list(next(iter(changes.values())))
        sets = ", ".join(f"{name} = x.{name}" for name in names)
        arrays = ", ".join(f"%s::{_TYPES[name]}[]" for name in names)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE directory_placement AS p SET {sets}"  # noqa: S608 (our own columns)
                f" FROM unnest(%s::bigint[], {arrays}) AS x(lead, {', '.join(names)})"
                " WHERE p.workspace_id = %s AND p.lead_id = x.lead",
                [
                    numbers(changes),
                    *(_column(name, [pairs[name][1] for pairs in changes.values()]) for name in names),
                    self.act.workspace_id,
                ],
            )

    def _keep(self) -> None:
        kept: list[tuple[int, tuple[str | None, str]]] = [
            (lead, (_json(before), "")) for lead, before in self.changed.items() if self.keeps
        ]
        kept += [(lead, (None, why)) for lead, why in self.refused.items()]
        leads, which, said = _alike(kept)
        if not leads:
            return
        befores = _list(before or "null" for before, _why in said)
        whys = _list(_json(why) for _before, why in said)
        values: list[Any] = [
            self.act.workspace_id,
            self.act.pk,
            numbers(leads),
            numbers(which),
            befores,
            whys,
        ]
        with references.by_statement(), connection.cursor() as cursor:
            cursor.execute(_KEEP, values)

    def _keep_left(self) -> None:
        if self.refused:
            with connection.cursor() as cursor:
                cursor.execute(
                    _KEEP_LEFT,
                    [list(self.refused), list(self.refused.values()), self.act.workspace_id, self.act.pk],
                )

    def _tell(self) -> None:
        now = {row.lead: row for row in self.rows if row.lead in self.changed}
        pairs = [(row, self._after.get(lead, row)) for lead, row in now.items()]
        if len(pairs) <= MANY:
            for was, is_now in pairs:
                listening.tell(self._placed(is_now), before=self._placed(was) if is_now is not was else None)
            return
        concerned = [one for pair in pairs for one in pair]
        listening.tell_of_many(
            self.act.workspace_id,
            people={one.assignee_id for one in concerned if one.assignee_id is not None},
            stages={one.stage_id for one in concerned if one.stage_id is not None},
            channels={
                one.channel_id
                for one in concerned
                if one.stage_id is None and one.assignee_id is None and one.channel_id is not None
            },
        )

    def _placed(self, row: At) -> Placement:
        placed = Placement(pk=row.lead, workspace_id=self.act.workspace_id, stage_id=row.stage_id)
        placed.assignee_id, placed.channel_id = row.assignee_id, row.channel_id
        return placed


def _alike(rows: Iterable[tuple[int, T]]) -> tuple[list[int], list[int], list[T]]:
    """Leads; which of the values each has, counted from 1; the values, each once. Of a thousand leads most have the
    same, and what is sent and parsed once is not sent and parsed a thousand times."""
    places: dict[T, int] = {}
    leads, which = [], []
    for lead, value in rows:
        leads.append(lead)
        which.append(places.setdefault(value, len(places) + 1))
    return leads, which, list(places)


def numbers(these: Iterable[int | None]) -> str:
    """An array of them, as PostgreSQL reads it: the driver takes ten times as long over each."""
    return f"{{{','.join('NULL' if one is None else str(one) for one in these)}}}"


def _column(name: str, values: list[Any]) -> Any:
    return numbers(values) if _TYPES[name] == "bigint" else values


def _list(texts: Iterable[str]) -> str:
    """Of values that are JSON already."""
    return f"[{','.join(texts)}]"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, StrEnum)) else value


_json = json.JSONEncoder(separators=(",", ":"), default=str).encode  # `dumps` makes an encoder at each call
_RECORD = """
    INSERT INTO directory_event (workspace_id, lead_id, verb, actor_id, origin, changes, facts)
    SELECT w, x.lead, verb, actor, origin, said.changes, said.facts
    FROM (SELECT %s::bigint AS w, %s::text AS verb, %s::bigint AS actor, %s::text AS origin) AS one,
        unnest(%s::bigint[], %s::int[]) WITH ORDINALITY AS x(lead, which, place)
        JOIN ROWS FROM (jsonb_array_elements(%s::jsonb), jsonb_array_elements(%s::jsonb)) WITH ORDINALITY
            AS said(changes, facts, number) ON said.number = x.which
    ORDER BY x.place
"""
_KEEP = """
    INSERT INTO directory_bulkrow (workspace_id, act_id, lead_id, before, refused)
    SELECT %s, %s, x.lead, CASE WHEN said.refused = '' THEN said.before END, left(said.refused, 200)
    FROM unnest(%s::bigint[], %s::int[]) AS x(lead, which)
        JOIN ROWS FROM (jsonb_array_elements(%s::jsonb), jsonb_array_elements_text(%s::jsonb)) WITH ORDINALITY
            AS said(before, refused, number) ON said.number = x.which
"""
_KEEP_LEFT = """
    UPDATE directory_bulkrow AS row SET "left" = pg_catalog.left(x.why, 40)
    FROM unnest(%s::bigint[], %s::text[]) AS x(lead, why)
    WHERE row.workspace_id = %s AND row.act_id = %s AND row.lead_id = x.lead
"""
