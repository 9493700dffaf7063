"""The ids of one page of the directory, so that no filter looks through all there are. Each way is one statement, which
tells by itself where it has not found the page, and the next is tried:

1. GATHER: where a set of the filter has FEW leads, they are read by their keys, and sorted.
2. MEET: where it has SOME, the order's first rows, by its index alone, are met with them, in either's memory. What else
   is asked is looked up of those that are in both.
3. AMONG: where that was no page, those of the set are held in memory while the order is walked on.
4. WALK: else the order is walked and each row looked up: where many match, a page is soon full. No further than WALKED
   rows. What a seller sees by many ways is walked as one first (what they do not see is passed over), then merged.
5. LONG: the same to its end, for LONGEST milliseconds.
6. ALL: all that the sets name, however many, as PostgreSQL thinks best, with what is left of a second.

Counting which of them is best takes as long as the page. So the way by which it was found is remembered: the next
page, and whoever comes back, begins with it. A filter whose FEW became many is noticed by the way itself; whether SOME
are not more by now, which would be slow and not wrong, is counted again after a while.
"""

import datetime as dt
import math
import time
from collections.abc import Generator, Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError
from django.db.models import BooleanField, F, Model, Q, QuerySet
from django.db.models.expressions import Expression, RawSQL

from crm.patience import MILLISECONDS, reading, was_cut
from crm.prepared import Remembered, Statement
from crm.ui.keyset import Turn
from crm.ui.ways import Way as Seen
from crm.ui.ways import compiled, merged
from directory.filtering.moments import NOW, SAMPLE
from directory.filtering.own_fields import PREFIX
from directory.listing.paths import Name, Path
from directory.listing.sorting import USUAL
from directory.models import Lead, OwnedName, Placement
from directory.naming import sees_phones
from directory.visibility import sight

FEW = 2_000  # beside them a walk among as many costs as much
DENSE = 10_000  # of placements: so many are met in an index of theirs before they are all gathered
FEW_OF_OWN = 500  # of who has some ten thousands
SOME = 20_000  # one in fifty of a million: a page is full after some thousand rows
AFRESH = 60.0  # seconds for which SOME are taken to be no more than they were
MET = (4_000, 8_000, 16_000)  # rows of an index alone: the more, the rarer are SOME among them
PASSED = 150_000  # rows of an index alone that are passed over for SOME, rather than ALL be read
WALKED = 6_000
MOST_MERGED = 24  # ways, each planned by itself
MOST_BEFORE_ONE = 4
BEGUN = 3  # found by a walk that was not enough: a longer one is worth it
LONGEST = 400  # ms of that; to read ALL takes longer
TOO_MANY = -1  # no lead: a set has more than it had
_ID = -(2**61) - 7
_PLACES: dict[str, Any] = {
    "last_activity_at": dt.datetime(1, 2, 3, 4, 5, 6, 7, dt.UTC),
    "lead__created_at": dt.datetime(1, 2, 3, 4, 5, 6, 8, dt.UTC),
    "lead__name_key": "\x02 a place",
}


class How(Enum):
    GATHER = "gather"
    MEET = "meet"
    AMONG = "among"
    WALK = "walk"
    WALK_AS_ONE = "walk as one"
    LONG = "long"
    ALL = "all"


class Way(NamedTuple):
    """`met` are the rows of the order that are met with the set of these names."""

    how: How
    names: tuple[Name, ...] = ()
    met: int = 0


class Known(NamedTuple):
    way: Way
    until: float  # by the monotonic clock


@dataclass(frozen=True)
class Search:
    """Of one page: `most` ids, one more than it has."""

    path: Path
    turn: Turn
    most: int

    @property
    def key(self) -> str:
        return self.path.wanted.order.sort.key

    @property
    def order(self) -> list[str]:
        return self.turn.order(self.key, ascending=self.path.wanted.order.ascending)

    @property
    def sample(self) -> "Search":
        """With a place that stands for any."""
        if self.turn.place is None:
            return self
        return Search(self.path, Turn((_PLACES[self.key], _ID), self.turn.backward), self.most)

    @property
    def beyond(self) -> Q:
        return self.turn.beyond(self.key, ascending=self.path.wanted.order.ascending)


def ids(search: Search) -> list[int]:
    """In the order in which the page is turned. The transaction is `IN_ORDER`."""
    asked, now = (search.turn.place is not None, known_as(search.path)), time.monotonic()
    known = _known.known(asked)
    if known is not None and known.until <= now:
        known = None
    ways = _ways(search.path, known and known.way)
    way = next(ways)
    while True:
        found, is_all = _tried(search, asked, way)
        if is_all:
            if known is None or way != known.way:
                _known.keep(asked, Known(way, now + AFRESH if way.how in (How.MEET, How.AMONG) else math.inf))
            return found
        way = ways.send(len(found))


def _ways(path: Path, known: Way | None) -> Generator[Way, int, None]:
    """What was best, else what promises most, then what is left. It is told how many each has found, and asks how many
    there are where nothing is known. The last finds all there are."""
    walk, long = Way(How.WALK), Way(How.LONG)
    if known is not None:
        yield known
    best = path.fewest(path.amounts(SOME)) if path.sets else None
    if best and best[0] <= SOME:
        if _is_dense(path, *best):
            yield walk
        if best[0] <= (FEW_OF_OWN if path.sees_own_alone else FEW):
            yield Way(How.GATHER, best[1])
        else:
            for met in MET:
                yield Way(How.MEET, best[1], met)
            yield Way(How.AMONG, best[1])
    else:
        if _merges(path) and len(path.ways_to_see) > MOST_BEFORE_ONE:
            yield Way(How.WALK_AS_ONE)
        begun = yield walk
        if begun >= BEGUN and known != long and path.needed:
            yield long
    yield Way(How.ALL) if path.needed else long


def _is_dense(path: Path, amount: int, names: tuple[Name, ...]) -> bool:
    """Whether so many of placements are met where the order is walked before they are all read. What a seller's own are
    asked for is in the indexes of theirs."""
    model = _model(path)
    if names != (None,) or model is Lead:
        return False
    if model is Placement and path.sees_own_alone:
        return amount > FEW_OF_OWN
    return amount > (FEW if path.membership.is_seller else DENSE)


def _merges(path: Path) -> bool:
    """Whether it is walked by ways of seeing."""
    return _model(path) is Placement and not _by_value(path)


def _by_value(path: Path) -> list[Seen]:
    """They are in the order of time."""
    return path.by_value if path.wanted.order.sort == USUAL.sort else []


def _model(path: Path) -> type[Model]:
    """Whose index is walked. Of who sees their own alone there is one in every order, each assignee's by itself."""
    sort = path.wanted.order.sort
    if not sort.is_of_lead or (sort.copied and path.sees_own_alone):
        return Placement
    return OwnedName if sort.owned and path.sees_own_alone else Lead


def _tried(search: Search, asked: Hashable, way: Way) -> tuple[list[int], bool]:
    """Ids, and whether they are the page."""
    if way.how is How.ALL:
        return _run(search, asked, way), True
    if way.how is How.GATHER:
        found = _run(search, asked, way)
        return found, TOO_MANY not in found
    if way.how is How.LONG and search.path.needed:
        try:
            with reading(LONGEST, then=str(MILLISECONDS)):
                return _run(search, asked, way), True
        except OperationalError as error:
            if not was_cut(error):
                raise
            return [], False
    found = _run(search, asked, way)
    return found, way.how is How.LONG or len(found) == search.most


def _run(search: Search, asked: Hashable, way: Way) -> list[int]:
    has_place = search.turn.place is not None
    key = (asked, way, has_place, search.turn.backward, search.most, FEW, SOME, PASSED, WALKED)
    statement = _statements.get(key, lambda: _statement(search.sample, way))
    place, pk = search.turn.place or (None, None)
    return [row[0] for row in statement.rows(**{NOW: search.path.now}, place=place, pk=pk)]


def _statement(search: Search, way: Way) -> Statement[tuple[Any, ...]]:
    """Where nothing can match it asks nothing."""
    samples = {"place": _PLACES[search.key], "pk": _ID, **SAMPLE}
    try:
        sql, params = _SQL[way.how](search, way)
    except EmptyResultSet:
        return Statement.nothing()
    return Statement.of_sql(sql, params, **samples)


def _gathered(search: Search, way: Way) -> tuple[str, list[Any]]:
    few, values = compiled(search.path.among(way.names)[: FEW + 1])
    is_few = RawSQL("(SELECT count(*) FROM few) <= %s", (FEW,), output_field=BooleanField())
    rows = Placement.objects.filter(Q(is_few), pk__in=RawSQL("SELECT * FROM few", ()))
    sql, params = _sorted(search, rows.filter(search.path.seen, search.path.condition))
    grown = f"SELECT {TOO_MANY} WHERE (SELECT count(*) FROM few) > {FEW}"  # noqa: S608 (constants)
    return f"WITH few AS MATERIALIZED ({few}) ({sql}) UNION ALL {grown}", [*values, *params]


def _all(search: Search, way: Way) -> tuple[str, list[Any]]:
    rows = search.path.sets.get(None, Placement.objects.all()).filter(search.path.seen, search.path.condition)
    for named in search.path.needed:
        rows = rows if named.model is Placement else rows.filter(pk__in=named)
    return _sorted(search, rows)


def _sorted(search: Search, rows: "QuerySet[Any]") -> tuple[str, list[Any]]:
    """OFFSET 0 keeps the order outside: PostgreSQL would rather walk an index of it, in the hope of a match."""
    side = "DESC" if search.order[0].startswith("-") else "ASC"
    sql, params = compiled(rows.filter(search.beyond).order_by().values_list("pk", search.key))
    sql = f"SELECT g.id FROM ({sql} OFFSET 0) AS g(id, place) ORDER BY g.place {side}, g.id {side} LIMIT {search.most}"  # noqa: S608
    return sql, params


def _among(search: Search, way: Way) -> tuple[str, list[Any]]:
    """What else is asked is looked up for those of the set alone, so that the walk needs nothing but its index."""
    some, values = compiled(search.path.among(way.names))
    bound = way.met or PASSED
    sql, params = _walk(search, _few_ways(search.path), bound, among=way.names, meets=way.how is How.MEET)
    return f"WITH held AS NOT MATERIALIZED ({some}) {sql}", [*values, *params]


def _walked(search: Search, way: Way) -> tuple[str, list[Any]]:
    bound = None if way.how is How.LONG else WALKED
    ways = search.path.ways_to_see
    if way.how is How.WALK_AS_ONE or len(ways) > MOST_MERGED:
        ways = search.path.in_one
    return _walk(search, ways, bound)


def _few_ways(path: Path) -> list[Q]:
    """Those of the person where they are few, else all leads."""
    return path.ways_to_see if len(path.ways_to_see) <= MOST_BEFORE_ONE else path.states


def _walk(
    search: Search, ways: list[Q], bound: int | None, *, among: tuple[Name, ...] = (), meets: bool = False
) -> tuple[str, list[Any]]:
    """The first rows in the order, as a table in the place of the one that is asked; then what is asked of it. `meets`:
    of those the ones that are held."""
    path, sort = search.path, search.path.wanted.order.sort
    ascending = path.wanted.order.ascending
    held = Q(_Held()) if among and not meets else Q()
    asked: QuerySet[Any]
    model = _model(path)
    if model is Lead:
        key, asked, ways = sort.of_lead, Lead.objects.filter(path.leads(held=held, names=among)), [Q()]
    elif model is OwnedName:
        key, asked = sort.owned, OwnedName.objects.filter(path.keyed(held=held, names=among))
        ways = [Q(assignee_id=path.membership.pk)]
    else:
        key, asked = sort.of_placement, Placement.objects.filter(path.condition)
        if among:
            asked = Placement.objects.filter(held & path.looked_up)
        if by_value := _by_value(path):
            ways = [one & state for way in by_value for one in way.alone for state in path.states]
            asked = asked if among else asked.filter(path.seen)
        if len(ways) > MOST_MERGED:
            ways = path.in_one
    order = search.turn.order(key, ascending=ascending)
    beyond = search.turn.beyond(key, ascending=ascending)
    rows = asked.order_by(*order).values_list("pk")[: search.most]
    return merged(rows, [way & beyond for way in ways], order, bound, among="held" if meets else "")


class _Held(Expression):
    """That a lead is in the set, held as a hash. As a plain IN, PostgreSQL joins, and loses the order."""

    output_field = BooleanField()
    conditional = True

    def __init__(self) -> None:
        super().__init__(output_field=BooleanField())
        self._column: Any = F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self._column]

    def set_source_expressions(self, exprs: Any) -> None:
        [self._column] = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = compiler.compile(self._column)
        return f"({sql} IN (SELECT * FROM held)) IS TRUE", tuple(params)  # noqa: S608 (a column)


_SQL = {
    How.GATHER: _gathered,
    How.MEET: _among,
    How.AMONG: _among,
    How.WALK: _walked,
    How.WALK_AS_ONE: _walked,
    How.LONG: _walked,
    How.ALL: _all,
}


def known_as(path: Path) -> Hashable:
    """All that its statements depend on, but for the place, the moment and the workspace."""
    membership, wanted = path.membership, path.wanted
    workspace = membership.workspace
    own = [
        wanted.filter.catalogue.known(one.field)
        for one in wanted.filter.clauses
        if one.field.startswith(PREFIX)
    ]
    return (
        sight(membership),
        sees_phones(membership),
        membership.role,
        membership.grants.ids("workspaces.supervise_team") if membership.is_seller else None,
        workspace.time_zone,
        workspace.currency,
        wanted.filter.text,
        tuple(one.identity for one in own),
        wanted.state,
        wanted.order.text,
    )


_known: Remembered[Known] = Remembered(most=4_096)
_statements: Remembered[Statement[tuple[Any, ...]]] = Remembered()
