"""The cards of a board's columns: one query for all of them, each column read in order from an index.

A column is a stage or the Inbox. What a person sees of it is a union of ways that exclude each other (own leads,
nobody's, all: `visibility.ways_into_column`), and its order may be made of runs; each way of each run is one ordered
scan of an index, cut after so many rows. All stages share their ways, so they are one LATERAL over the list of stages;
the Inbox, which is no stage, stands beside it. Written as one OR, the same takes the whole column and sorts it.

Ids come first: the scans, filters included, read indexes alone, and rows and names are fetched for the cards.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Case, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When
from psycopg.types.datetime import TimestamptzLoader

from crm.tenancy import current_workspace
from directory.models import ContactPoint, Placement
from directory.visibility import ways_into_column
from funnels.board.look import DaysAgo, Look
from funnels.board.orders import BY_HAND, RECENT, Run
from funnels.models import Stage
from workspaces.models import Membership

FIRST = 25  # cards of a column at first, and with each "more"
MOST = 200  # cards of a column in a page
OWN = (RECENT, BY_HAND)  # orders in which an index holds each person's columns, and nobody's
INBOX = 0  # stands for "no stage" in addresses, ids of elements and keys of mappings
_STAGE = -(2**62)  # no stage's key: it stands for the column's while a query is compiled
_IDS = -(2**61)  # no lead's: it stands for the chosen ones


class Row(NamedTuple):
    """What a board reads of a lead: its placement's columns by their names, and what a card shows besides. Instances of
    models would take longer to make than the whole board to draw."""

    pk: int
    stage_id: int | None
    position: str
    created_at: dt.datetime
    last_activity_at: dt.datetime
    waiting_since: dt.datetime | None
    stage_since: dt.datetime
    window_ends_at: dt.datetime | None
    status: str
    outcome: str
    is_archived: bool
    value: Decimal | None
    last_message_id: int | None
    channel_id: int | None
    assignee_id: int | None
    name: str
    phone: str | None  # the oldest; of who has no name
    email: str | None  # the same
    user_id: int | None  # the assignee's
    user_name: str | None
    avatar: str | None


_ROW = (*Row._fields[: Row._fields.index("name")], "lead__name", "phone", "email")
_ROW = (*_ROW, "person__user_id", "person__user__name", "person__user__avatar")


@dataclass(frozen=True)
class Column:
    """Its first rows, and whether there are more."""

    rows: list[Row]
    has_more: bool


def read(
    membership: Membership,
    look: Look,
    *,
    funnel: int,
    stages: Sequence[int],
    inbox: bool = True,
    after: str = "",
    limit: int = FIRST,
) -> dict[int, Column]:
    """By stage, INBOX among them if `inbox`. `after` (a card's key) is for one column. BadKey where it is none."""
    parts: list[str] = []
    params: list[Any] = []
    if stages:
        sql, values = _ids(ways_into_column(membership, funnel), look, Q(stage_id=_STAGE), after, limit)
        sql = f"SELECT f.lead_id FROM unnest(%s::bigint[]) AS c(stage) CROSS JOIN LATERAL ({sql}) AS f"  # noqa: S608  # noqa: S608
        sql, values = _with(sql, [list(stages), *values], _STAGE, "c.stage", [])
        parts, params = [sql], values
    if inbox and not look.stale:  # nobody is in the Inbox for too long: it has no limit
        sql, values = _ids(ways_into_column(membership, None), look, Q(stage_id=None), after, limit)
        parts.append(sql)
        params += values
    wanted = [*stages, *([INBOX] if inbox else [])]
    rows = _rows(" UNION ALL ".join(parts), params) if parts else []
    return _sorted_into(wanted, rows, look, limit)


def some(membership: Membership, look: Look, *, stages: Sequence[int], leads: Iterable[int]) -> list[Row]:
    """Those of the leads that are on this board as it is looked at, the Inbox included."""
    if membership.is_seller or look.is_read_first:
        try:
            return _rows(*_here(Placement.objects.visible_to(membership), look, stages, list(leads)))
        except EmptyResultSet:  # of a filter that nobody can meet
            return []
    sql, values = _remembered_here(current_workspace(), look, tuple(stages))
    return _rows(sql, [list(leads) if value == [_IDS] else value for value in values])


def _here(
    seen: "QuerySet[Placement]", look: Look, stages: Sequence[int], leads: list[int]
) -> tuple[str, list[Any]]:
    here = Q(stage_id__any=list(stages)) | Q(stage_id=None)
    rows = look.narrow(seen.filter(here, lead_id__any=leads), are_named=True)
    return _compiled(rows.order_by().values_list("lead_id"))


@lru_cache(maxsize=1024)
def _remembered_here(workspace: int, look: Look, stages: tuple[int, ...]) -> tuple[str, tuple[Any, ...]]:
    """For who sees all of the workspace, whose scope is open."""
    sql, values = _here(Placement.objects.all(), look, stages, [_IDS])
    return sql, tuple(values)


def _rows(sql: str, params: list[Any]) -> list[Row]:
    """Of the leads whose ids the SQL gives, in no order."""
    cards, its = _cards(current_workspace())
    sql, params = _with(cards, list(its), _IDS, sql, params)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        # The driver's own, in C: Django's is Python, and a board has a thousand moments. The session is in UTC.
        cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
        cursor.execute(sql, params)
        return list(map(Row._make, cursor.fetchall()))


def _ids(ways: list[Q], look: Look, column: Q, after: str, limit: int) -> tuple[str, list[Any]]:
    """Ids of a column. Describing and compiling it takes longer than asking, and a board is opened again and again as
    it was: what depends on nothing that is read is remembered."""
    if after or look.is_read_first:
        return _column(ways, look, column, after, limit)
    sql, values = _remembered(current_workspace(), tuple(ways), look, column, limit)
    return sql, list(values)


@lru_cache(maxsize=1024)
def _remembered(
    workspace: int, ways: tuple[Q, ...], look: Look, column: Q, limit: int
) -> tuple[str, tuple[Any, ...]]:
    """`workspace` is the open scope's: its id is among the values."""
    sql, values = _column(list(ways), look, column, "", limit)
    return sql, tuple(values)


@lru_cache(maxsize=1024)
def _cards(workspace: int) -> tuple[str, tuple[Any, ...]]:
    """The placements with the ids that are put in the sample's place, and what a card shows of lead and assignee."""
    cards = Placement.objects.filter(lead_id__in=[_IDS]).order_by()
    # The assignee's workspace is the lead's: said, so that only this workspace's people are joined.
    person = FilteredRelation("assignee", condition=Q(assignee__workspace_id=F("workspace_id")))
    cards = cards.annotate(
        person=person,
        phone=_oldest_of_the_nameless(ContactPoint.Kind.PHONE),
        email=_oldest_of_the_nameless(ContactPoint.Kind.EMAIL),
    )
    sql, values = _compiled(cards.values_list(*_ROW))
    return sql, tuple(values)


def _oldest_of_the_nameless(kind: str) -> Case:
    points = ContactPoint.objects.filter(lead_id=OuterRef("lead_id"), kind=kind).order_by("id")
    return Case(When(lead__name="", then=Subquery(points.values("value")[:1])))


def _compiled(rows: "QuerySet[Placement, Any]") -> tuple[str, list[Any]]:
    sql, values = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, list(values)


def _column(ways: list[Q], look: Look, column: Q, after: str, limit: int) -> tuple[str, list[Any]]:
    """Ids of a column, at most one page of each run of its order."""
    parts: list[str] = []
    params: list[Any] = []
    timeless = replace(look, stale=False) if look.stale else look
    rows = timeless.narrow(Placement.objects.filter(column))
    if look.stale:
        rows = rows.filter(_is_stale())
    for run in look.order.runs:
        beyond = run.beyond(after) if after else Q()
        if beyond is None:
            continue
        sql, values = _run(rows.filter(run.whose, beyond), ways, look, run, column, limit)
        parts.append(sql)
        params += values
    return " UNION ALL ".join(parts), params


def _run(
    rows: "QuerySet[Placement]", ways: list[Q], look: Look, run: Run, column: Q, limit: int
) -> tuple[str, list[Any]]:
    """A page of a run: of each way one, and of these the first."""
    fields = [name.removeprefix("-") for name in run.by if name.removeprefix("-") != "lead_id"]
    parts, params = [], []
    for way in ways:
        part = rows.filter(way).order_by(*_nulls(look, run, way, column), *run.by)[: limit + 1]
        sql, values = _compiled(part.values_list("lead_id", *(fields if len(ways) > 1 else ())))
        parts.append(f"({sql})")
        params += values
    if len(ways) == 1:
        return parts[0], params
    order = ", ".join(f"{name.removeprefix('-')} DESC" if name[0] == "-" else name for name in run.by)
    together = " UNION ALL ".join(parts)
    return f"(SELECT lead_id FROM ({together}) AS ways ORDER BY {order} LIMIT {limit + 1:d})", params  # noqa: S608 (compiled by Django)


def _is_stale() -> Q:
    """Longer in the column's stage than it allows. Of the column's stage, not of each row's: then it is where a scan of
    the index by age ends."""
    limit = Stage.objects.filter(pk=_STAGE).order_by().values_list(DaysAgo("stale_days"))
    return Q(stage_since__lt=Subquery(limit))


def _nulls(look: Look, run: Run, way: Q, column: Q) -> tuple[str, ...]:
    """Columns that are null throughout, put before the order where the index has them there.

    PostgreSQL leaves out of an order what equals a constant, but not what IS NULL: it would sort the whole column.
    """
    stage = ("stage_id",) if column == Q(stage_id=None) else ()
    fixed: dict[str, Any] = dict(child for child in way.children if isinstance(child, tuple))
    if run.by not in OWN or not look.is_of_work or fixed.get("assignee_id", 0) is not None:
        return stage
    return () if run.by == RECENT and "channel_id" in fixed else ("assignee_id", *stage)


def _with(sql: str, params: list[Any], sample: int, text: str, values: list[Any]) -> tuple[str, list[Any]]:
    """The sample's place taken by text with values of its own."""
    pieces = sql.split("%s")
    done, given = pieces[0], []
    for value, piece in zip(params, pieces[1:], strict=True):
        is_sample = isinstance(value, int) and value == sample
        done += (text if is_sample else "%s") + piece
        given += values if is_sample else [value]
    return done, given


def _sorted_into(columns: Iterable[int], rows: Iterable[Row], look: Look, limit: int) -> dict[int, Column]:
    found: dict[int, list[Row]] = {column: [] for column in columns}
    for row in rows:
        found[row.stage_id or INBOX].append(row)
    for theirs in found.values():
        theirs.sort(key=look.order.key)
    return {column: Column(theirs[:limit], len(theirs) > limit) for column, theirs in found.items()}
