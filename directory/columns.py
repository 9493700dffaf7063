"""What a list of leads, or a file of them, may show: columns. Each floor registers its own from `AppConfig.ready()`.

A column costs one query at most, however many leads; what comes with a placement and its lead costs none.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.ui.registry import Registry
from directory import cards, naming
from directory.listing.listed import Listed
from directory.listing.sorting import Sort
from directory.models import ContactPoint, Source, Status
from workspaces.models import Membership

Plain = str | Decimal | int | dt.date | dt.datetime | bool | None


class Cell(StrEnum):
    """How a value is drawn: a macro of templates/directory/list/_cells.html each."""

    TEXT = "text"
    NAME = "name"
    OPENS = "opens"  # an address by which the lead opens; "no e-mail" opens it, too
    TIME = "time"  # an aware datetime
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"
    PERSON = "person"  # a workspaces.User
    STATUS = "status"
    STAGE = "stage"  # Stage, see below
    TAGS = "tags"  # directory.Tag, several
    CHANNEL = "channel"  # cards.ChannelMark
    LINK = "link"  # a URL
    TRUTH = "truth"


@dataclass(frozen=True)
class Stage:
    """Where a lead stands, of the floor above."""

    name: str
    colour: str
    funnel: str


def as_text(value: Any) -> Plain:
    return str(value)


def as_is(value: Any) -> Plain:
    found: Plain = value
    return found


Placements = Sequence[
    Any
]  # placements with their leads and assignees, or rows of a list: directory.listing.listed
Batch = Callable[[Sequence["Column"], Placements, Membership], Mapping[str, Mapping[int, Any]]]


@dataclass(frozen=True)
class Column:
    """`load(placements, membership)` gives {lead: value}, as that person may see it; what it leaves out is empty. The
    placements come with their leads and assignees, and a list hands over rows of its own instead of them, which name
    the same. `sort` is an order of `directory.listing.sorting`, or its name; `plain` makes of a
    value what a file holds. Columns with the same `batch` are loaded by it together, and `load` is what it gives of one
    alone; what shows them calls `load_all`.
    """

    key: str
    label: str | Promise
    load: Callable[[Placements, Membership], Mapping[int, Any]]
    cell: Cell = Cell.TEXT
    sort: Sort | str | None = None
    plain: Callable[[Any], Plain] = as_text
    batch: "Batch | None" = None
    is_default: bool = False
    order: int = 100


@dataclass(frozen=True)
class Family:
    """Columns that a workspace makes for itself, by a prefix of their keys ("custom.")."""

    key: str
    load: Callable[[], Sequence[Column]]
    order: int = 500


_columns: Registry[Column] = Registry("Column")
_families: Registry[Family] = Registry("Family of columns")


def register(column: Column) -> Column:
    return _columns.register(column)


def register_family(family: Family) -> Family:
    return _families.register(family)


def every() -> list[Column]:
    """In order. Inside the scope; a query or two for the families."""
    return [*_columns, *(one for family in _families for one in family.load())]


def named(keys: Sequence[str]) -> list[Column]:
    """Those with these keys, in their order; what is no column any more is left out."""
    known = {one.key: one for one in _columns}
    if any(key not in known for key in keys):
        known = {one.key: one for one in every()}
    return [known[key] for key in keys if key in known]


def usual() -> list[Column]:
    """What is shown before anybody chose."""
    return [one for one in _columns if one.is_default]


def load_all(
    columns: Sequence[Column], placements: Placements, membership: Membership
) -> dict[str, Mapping[int, Any]]:
    """{key: {lead: value}}, each batch by itself."""
    found: dict[str, Mapping[int, Any]] = {}
    batches: dict[Batch, list[Column]] = {}
    for column in columns if placements else ():
        if column.batch is None:
            found[column.key] = column.load(placements, membership)
        else:
            batches.setdefault(column.batch, []).append(column)
    for batch, members in batches.items():
        found |= batch(members, placements, membership)
    return {column.key: found.get(column.key, {}) for column in columns}


def alone(key: str, batch: Batch) -> "Loader":
    """`load` of a column that is loaded with others."""
    return lambda placements, membership: batch(named([key]), placements, membership)[key]


def register_own() -> None:
    for column in (
        Column(
            "name",
            _("Name"),
            alone("name", _points),
            Cell.NAME,
            "name",
            batch=_points,
            is_default=True,
            order=10,
        ),
        Column("phone", _("Phone"), alone("phone", _points), batch=_points, is_default=True, order=20),
        Column(
            "channel",
            _("Origin"),
            _channels,
            Cell.CHANNEL,
            plain=lambda mark: str(mark.label),
            is_default=True,
            order=30,
        ),
        Column(
            "activity",
            _("Last activity"),
            _of("last_activity_at"),
            Cell.TIME,
            "activity",
            as_is,
            is_default=True,
            order=40,
        ),
        Column(
            "assignee", _("Assignee"), _assignees, Cell.PERSON, plain=lambda user: str(user.name), order=50
        ),
        Column(
            "status",
            _("Status"),
            _of("status"),
            Cell.STATUS,
            plain=lambda one: str(Status(one).label),
            order=70,
        ),
        Column(
            "tags",
            _("Tags"),
            _tags,
            Cell.TAGS,
            plain=lambda tags: ", ".join(tag.name for tag in tags),
            order=80,
        ),
        Column("email", _("E-mail"), alone("email", _points), Cell.OPENS, batch=_points, order=90),
        Column("city", _("City"), _cities, order=100),
        Column("created", _("Created"), _of("created_at"), Cell.TIME, "created", as_is, order=110),
        Column("value", _("Value"), _of("value"), Cell.MONEY, "value", as_is, order=120),
        Column("inbound", _("Last wrote"), _of("last_inbound_at"), Cell.TIME, plain=as_is, order=130),
        Column("waiting", _("Waiting since"), _of("waiting_since"), Cell.TIME, plain=as_is, order=140),
        Column("source", _("Source"), _sources, order=150),
    ):
        register(column)


Loader = Callable[[Placements, Membership], Mapping[int, Any]]


def _of(name: str) -> Loader:
    """A placement's own."""
    return lambda placements, membership: {
        one.pk: value for one in placements if (value := getattr(one, name)) is not None
    }


def _points(
    columns: Sequence[Column], placements: Placements, membership: Membership
) -> dict[str, dict[int, str]]:
    """Names, and the oldest contact point of each kind. One query, of all or of those alone that have no name; none
    where they bring their points."""
    keys = {column.key for column in columns}
    if placements and isinstance(placements[0], Listed):
        points: Mapping[int, Sequence[naming.Reached]] = {one.pk: one.points for one in placements}
    else:
        points = _points_of([one.pk for one in placements if keys & {"phone", "email"} or not one.lead.name])
    found: dict[str, dict[int, str]] = {key: {} for key in ("name", *ContactPoint.Kind.values)}
    for one in placements:
        its = points.get(one.pk, ())
        found["name"][one.pk] = naming.called(one.lead.name, its, membership)
        for point in its:
            found[point.kind].setdefault(one.pk, naming.shown_point(point, membership))
    return found


def _points_of(leads: Sequence[int]) -> dict[int, list[ContactPoint]]:
    found: dict[int, list[ContactPoint]] = {}
    for point in naming.points_of.rows(leads=leads) if leads else ():
        found.setdefault(point.lead_id, []).append(point)
    return found


def _channels(placements: Placements, membership: Membership) -> Mapping[int, Any]:
    return cards.load_all(placements, membership, [cards.CHANNEL])[cards.CHANNEL]


def _tags(placements: Placements, membership: Membership) -> Mapping[int, Any]:
    return cards.load_all(placements, membership, [cards.TAGS])[cards.TAGS]


def _assignees(placements: Placements, membership: Membership) -> dict[int, Any]:
    return {one.pk: one.assignee.user for one in placements if one.assignee}


def _cities(placements: Placements, membership: Membership) -> dict[int, str]:
    return {one.pk: naming.shown_text(one.lead.city, membership) for one in placements if one.lead.city}


def _sources(placements: Placements, membership: Membership) -> dict[int, str]:
    return {one.pk: str(Source(one.lead.source).label) for one in placements}
