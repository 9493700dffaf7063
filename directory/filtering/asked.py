"""What fields of common kinds ask of a placement's columns, or of its lead's (`lead__city`)."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q, QuerySet, Subquery, Value
from django.db.models.lookups import Contains, Exact, IsNull, Lookup, StartsWith

from directory.filtering.fields import Asked
from directory.filtering.kinds import Numbers
from directory.filtering.tree import Operator
from directory.models.lead import Fold

NOTHING = Q(pk__in=[])
_LOOKUPS: dict[Operator, type[Lookup[Any]]] = {
    Operator.IS: Exact,
    Operator.CONTAINS: Contains,
    Operator.BEGINS: StartsWith,
}
Condition = Callable[[Asked], Q]


def reference(column: str) -> Condition:
    def condition(asked: Asked) -> Q:
        found = [Q(**{f"{column}__in": asked.ids})] if asked.ids else []
        return either([*found, *lack(column, asked)])

    return condition


def key(column: str) -> Condition:
    return lambda asked: Q(**{f"{column}__in": asked.texts})


def number(column: str) -> Condition:
    def condition(asked: Asked) -> Q:
        found = [within(column, *Numbers.span(text)) for text in asked.texts]
        return either([*found, *lack(column, asked)])

    return condition


def moment(column: str) -> Condition:
    def condition(asked: Asked) -> Q:
        found = []
        for text in asked.texts:
            begin, end = asked.bounds(text)
            found.append(within(column, begin, end, open_end=True))
        return either([*found, *lack(column, asked)])

    return condition


def truth(column: str) -> Condition:
    return lambda asked: either([Q(**{column: text == "yes"}) for text in asked.texts])


def text(column: str, *, folded: bool = False) -> Condition:
    """Accents and case ignored; `folded`: the column is so already. An empty text is none."""

    def condition(asked: Asked) -> Q:
        found = [matching(column, asked.operator, one, folded=folded) for one in asked.texts]
        empty = Q(**{column: ""})
        return either([*found, *([empty] if asked.none else []), *([~empty] if asked.any else [])])

    return condition


def matching(column: str, operator: Operator, words: str, *, folded: bool = False) -> Q:
    left = F(column) if folded else Fold(F(column))
    return Q(_LOOKUPS[operator](left, Fold(Value(words))))


def lack(column: str, asked: Asked) -> list[Q]:
    return [
        *([Q(**{f"{column}__isnull": True})] if asked.none else []),
        *([Q(**{f"{column}__isnull": False})] if asked.any else []),
    ]


def within(column: str, low: object, high: object, *, open_end: bool = False) -> Q:
    found = Q()
    if low is not None:
        found &= Q(**{f"{column}__gte": low})
    if high is not None:
        found &= Q(**{f"{column}__{'lt' if open_end else 'lte'}": high})
    return found


def has(rows: "QuerySet[Any]") -> Q:
    """That there is such a row, asked lead by lead as it is passed in an order. As EXISTS, PostgreSQL may read all such
    rows there are first. `rows` name the lead by OuterRef("pk")."""
    one = Subquery(rows.order_by().annotate(one=Value(1)).values("one")[:1])
    return Q(IsNull(one, False))


def having(rows: "QuerySet[Any]", asked: Asked, found: Sequence[Q | None]) -> Q:
    """That a lead has one of such rows, any of them, or none at all, as is asked. None of `found` finds nothing."""
    known = [one for one in found if one is not None]
    return either(
        [
            *([has(rows.filter(either(known)))] if known else []),
            *([~has(rows)] if asked.none else []),
            *([has(rows)] if asked.any else []),
        ]
    )


def either(conditions: list[Q]) -> Q:
    return reduce(or_, conditions) if conditions else NOTHING
