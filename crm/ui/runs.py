"""Keyset paging of lists whose rows stand in runs, one run after the other, each in an order of its own: by stage and
within a stage by activity; those that hold a value by it, then those that hold none.

No column has such an order, so that no index has it. Each run is read by the index of its own order, until the page is
full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, IntegerField, Model, Q, QuerySet, Value

from crm.ui.keyset import LIMIT, BadCursor, Page, beyond, packed, typed, unpacked
from crm.ui.ways import Way, cut, first_of_each

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Run:
    """Rows that stand together, by a NOT NULL `key` (within the condition) and the id, or by "pk" alone. `each` is a
    column of ids, and a run for each of those, in their order: (("stage_id", (4, 2, 9))). Where key or ids are of rows
    beside, `joined` annotates them, one for a row at most, and `column` is what the key is a value of."""

    condition: Q
    key: str
    ascending: bool = False
    each: tuple[str, tuple[int, ...]] | None = None
    joined: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    column: tuple[type[Model], str] | None = None


@dataclass(frozen=True)
class _Step:
    """A run, or what of it is beyond a place."""

    number: int
    run: Run
    condition: Q
    each: tuple[str, tuple[int, ...]] | None = None


def page_of_request(
    queryset: QuerySet[Row],
    runs: Sequence[Run],
    parameters: Mapping[str, str],
    *,
    limit: int = LIMIT,
    gathers: bool = False,
) -> Page[Row]:
    """By the query string, as `crm.ui.keyset.page_of_request`."""
    after, before = parameters.get("after", ""), parameters.get("before", "")
    try:
        return page(queryset, runs, after=after, before=before, limit=limit, gathers=gathers)
    except BadCursor:
        return page(queryset, runs, limit=limit, gathers=gathers)


def page(
    queryset: QuerySet[Row],
    runs: Sequence[Run],
    *,
    after: str = "",
    before: str = "",
    limit: int = LIMIT,
    gathers: bool = False,
) -> Page[Row]:
    """A query for each run that is needed to fill the page, three at most of the run in which the place is: itself, and
    those of its `each` that follow. `gathers`: the rows are few, and are sorted rather than walked.

    1. Backward is the same list from its end.
    2. One row more than asked tells whether there is more in the direction of travel.
    """
    backward = bool(before) and not after
    cursor = before if backward else after
    place = _read(queryset.model, runs, cursor) if cursor else None
    found: list[tuple[_Step, Row]] = []
    for step in _steps(runs, place, backward):
        wanted = limit + 1 - len(found)
        found += [(step, row) for row in _rows(queryset, step, wanted, backward, gathers)]
        if len(found) > limit:
            break
    more, found = len(found) > limit, found[:limit]
    if backward:
        found.reverse()
    if not found:
        return Page([], next="", previous="")
    return Page(
        [row for _step, row in found],
        next=_written(*found[-1]) if backward or more else "",
        previous=_written(*found[0]) if (more if backward else cursor) else "",
    )


def _rows(queryset: QuerySet[Row], step: _Step, wanted: int, backward: bool, gathers: bool) -> Iterator[Row]:
    order = _order(step.run, backward)
    if step.run.joined is not None:
        queryset = step.run.joined(queryset)
    if gathers:
        rows = queryset.filter(step.condition)
        rows = rows.filter(**{f"{step.each[0]}__in": step.each[1]}) if step.each else rows
    elif step.each:
        rows = first_of_each(queryset, Way(step.condition, each=step.each), order, wanted)
    else:
        rows = cut(queryset, [Way(step.condition)], order, wanted)
    places = [_place(*step.each)] if step.each else []
    yield from rows.order_by(*places, *order)[:wanted]


def _steps(
    runs: Sequence[Run], place: tuple[int, int | None, Any, Any] | None, backward: bool
) -> Iterator[_Step]:
    """What is beyond the place, in the direction of travel."""
    numbers = range(len(runs))
    for number in reversed(numbers) if backward else numbers:
        run = runs[number]
        values = () if run.each is None else tuple(reversed(run.each[1])) if backward else run.each[1]
        condition = run.condition
        if place is not None and number == place[0]:
            upward = run.ascending != backward
            rest = beyond(run.key, (place[2], place[3]), upward=upward)
            if run.each is not None:
                rest &= Q(**{run.each[0]: place[1]})
                values = values[values.index(place[1]) + 1 :]
            yield _Step(number, run, condition & rest)
            if run.each is None:
                continue
        elif place is not None and (number > place[0]) == backward:
            continue
        if run.each is None:
            yield _Step(number, run, condition)
        elif values:
            yield _Step(number, run, condition, (run.each[0], values))


def _order(run: Run, backward: bool) -> list[str]:
    sign = "" if run.ascending != backward else "-"
    return [f"{sign}pk"] if run.key == "pk" else [f"{sign}{run.key}", f"{sign}pk"]


def _place(column: str, values: tuple[int, ...]) -> Func:
    ids = Value(list(values), output_field=ArrayField(BigIntegerField()))
    return Func(ids, F(column), function="array_position", output_field=IntegerField())


def _written(step: _Step, row: Model) -> str:
    run = step.run
    return packed(
        [step.number, getattr(row, run.each[0]) if run.each else None, getattr(row, run.key), row.pk]
    )


def _read(model: type[Model], runs: Sequence[Run], cursor: str) -> tuple[int, int | None, Any, Any]:
    number, which, value, pk = unpacked(cursor, 4)
    if type(number) is not int or not 0 <= number < len(runs):
        raise BadCursor
    run = runs[number]
    if (which is None) != (run.each is None) or (run.each is not None and which not in run.each[1]):
        raise BadCursor
    return number, which, typed(*(run.column or (model, run.key)), value), typed(model, "pk", pk)
