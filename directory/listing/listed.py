"""The rows of the directory: what a page shows of placement, lead, assignee and how they are reached, by one statement.

A page has fifty of them. As instances of models, with Django's own making of each, they took half of its time; so a row
is a tuple that names what placements and leads name, and is handed to columns in their place.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import F, OuterRef, TextField, Value
from django.db.models.functions import Concat

from crm.prepared import Prepared
from directory.models import ContactPoint, Placement
from workspaces.models import User


class Point(NamedTuple):
    """How they are reached, oldest first."""

    kind: str
    value: str


class Named(NamedTuple):
    """Of the lead."""

    pk: int
    name: str
    name_key: str
    city: str
    source: str
    direction: str
    created_at: dt.datetime
    came_from: str
    external_id: str


class Assigned(NamedTuple):
    """`user` has name and picture."""

    pk: int
    user_id: int
    user: User


class Listed(NamedTuple):
    """As a placement is read, with `lead` and `assignee`."""

    pk: int
    stage_id: int | None
    assignee_id: int | None
    status: str
    outcome: str
    value: Decimal | None
    is_archived: bool
    is_starred: bool
    stage_since: dt.datetime
    closed_at: dt.datetime | None
    created_at: dt.datetime
    last_activity_at: dt.datetime
    last_inbound_at: dt.datetime | None
    waiting_since: dt.datetime | None
    window_ends_at: dt.datetime | None
    channel_id: int | None
    last_message_id: int | None
    last_inbound_id: int | None
    lead: Named
    assignee: Assigned | None
    points: Sequence[Point]


_OWN = Listed._fields[: Listed._fields.index("lead")]
_USER = ("id", "name", "avatar")


def by_ids(ids: Sequence[int]) -> list[Listed]:
    """In this order; without those that are gone. Whether they may be seen was asked before. One query."""
    if not ids:
        return []
    people: dict[int, Assigned] = {}
    found = {row[0]: _made(row, people) for row in _rows.rows(leads=list(ids))}
    return [found[pk] for pk in ids if pk in found]


def _made(row: Sequence[Any], people: dict[int, Assigned]) -> Listed:
    lead, person = len(_OWN), len(_OWN) + len(Named._fields) - 1
    named = Named(row[0], *row[lead:person])
    assigned = _assigned(row[2], row[person:-1], people) if row[2] is not None else None
    return Listed._make((*row[:lead], named, assigned, _in_order(row[-1])))


def _in_order(points: Sequence[str]) -> list[Point]:
    """Of texts as `_points` makes them, oldest first. They are sorted here: a page is read where PostgreSQL may not
    sort (`crm.ui.ways.IN_ORDER`), and would look for an index in that order."""
    parts = [text.split(" ", 2) for text in points]
    if len(parts) > 1:
        parts.sort(key=lambda one: int(one[0]))
    return [Point(kind, value) for _id, kind, value in parts]


def _assigned(pk: int, user: Sequence[Any], people: dict[int, Assigned]) -> Assigned:
    """A person whom many leads have is one object."""
    found = people.get(pk)
    if found is None:
        found = people[pk] = Assigned(pk, user[0], User.from_db(DEFAULT_DB_ALIAS, _USER, user))
    return found


def _named(names: Iterable[str], prefix: str) -> list[str]:
    return [f"{prefix}{name}" for name in names]


_points = ContactPoint.objects.order_by().values(
    one=Concat(F("id"), Value(" "), F("kind"), Value(" "), F("value"), output_field=TextField())
)
_rows: Prepared[tuple[Any, ...]] = Prepared(
    lambda leads: (
        Placement.objects.filter(pk__any=leads)
        .order_by()
        .values_list(
            *_OWN,
            *_named(Named._fields[1:], "lead__"),
            *_named(_USER, "assignee__user__"),
            ArraySubquery(_points.filter(lead_id=OuterRef("pk"))),
        )
    ),
    leads=[-1],
)
