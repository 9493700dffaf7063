"""Keyset paging: pages of a list by the place in it, never by a number, so that page 1,000 costs what page 1 does."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.utils import timezone

from crm.ui.ways import Way, cut

Row = TypeVar("Row", bound=Model)
AnyRow = TypeVar("AnyRow")
LIMIT = 50
LONGEST_CURSOR = 2_000  # a name of people, in letters that take four bytes


class BadCursor(ValueError):
    """A cursor that this list never gave out."""


@dataclass(frozen=True)
class Page(Generic[AnyRow]):
    """One page, newest first. `next` and `previous` are cursors for `?after=` and `?before=`, or empty at the ends.
    `is_full`: there may be more, but no cursor leads there (a search)."""

    rows: list[AnyRow]
    next: str
    previous: str
    is_full: bool = False

    def __iter__(self) -> Iterator[AnyRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Turn:
    """Where a page begins, and which way it goes: for whoever finds the keys of a page by statements of their own.
    `place` is None at either end."""

    place: tuple[Any, Any] | None = None
    backward: bool = False

    @classmethod
    def of_request(cls, model: type[Model], key: str, parameters: Mapping[str, str]) -> Turn:
        """A cursor that means nothing is the beginning."""
        after, before = parameters.get("after", ""), parameters.get("before", "")
        try:
            return (
                cls(_decode(model, key, after or before), bool(before) and not after)
                if after or before
                else cls()
            )
        except BadCursor:
            return cls()

    def order(self, key: str, *, ascending: bool) -> list[str]:
        """In which rows are found."""
        return _ascending(key) if self.backward != ascending else _descending(key)

    def beyond(self, key: str, *, ascending: bool) -> Q:
        return beyond(key, self.place, upward=self.backward != ascending) if self.place else Q()

    def page(self, rows: list[Any], key: str, *, more: bool) -> Page[Any]:
        """Of the rows as they were found, no more than a page; `more`: there were more."""
        if not rows:
            return Page(rows, next="", previous="")
        rows = rows[::-1] if self.backward else rows
        older = more or self.backward
        newer = more if self.backward else self.place is not None
        return Page(
            rows,
            next=_encode(rows[-1], key) if older else "",
            previous=_encode(rows[0], key) if newer else "",
        )


def page(
    queryset: QuerySet[Row],
    key: str,
    *,
    after: str = "",
    before: str = "",
    limit: int = LIMIT,
    ascending: bool = False,
    ways: Sequence[Way] = (),
) -> Page[Row]:
    """The page of `queryset` by (key DESC, id DESC) after or before a cursor; neither gives the first.

    With `ascending` the whole list runs the other way, and so do `after` and `before`.

    `key` is a NOT NULL column of the model (or "id" alone), or of one it refers to ("lead__name_key"); one query of
    `limit` + 1 rows. An index on (…, key, id) makes it constant at any depth. A cursor tells nothing but a place in the
    order, so it is not signed; a broken or foreign one raises BadCursor.

    1. Backward is the same query in the opposite order, turned round.
    2. One row more than asked tells whether there is more in the direction of travel.
    3. Where we came from there is always a page, but for the very first one.
    4. `ways` are the conditions of which one must hold, each cut by itself.
    """
    backward = bool(before) and not after
    cursor = before if backward else after
    turn = Turn(_decode(queryset.model, key, cursor) if cursor else None, backward)
    order = turn.order(key, ascending=ascending)
    found = queryset.filter(turn.beyond(key, ascending=ascending))
    if ways:
        found = cut(found, ways, order, limit + 1)
    rows = list(found.order_by(*order)[: limit + 1])
    return turn.page(rows[:limit], key, more=len(rows) > limit)


def first(
    queryset: QuerySet[Row],
    key: str,
    *,
    limit: int = LIMIT,
    ascending: bool = False,
    ways: Sequence[Way] = (),
) -> QuerySet[Row]:
    """What `page` asks where it has no cursor, for who compiles it once; its rows make `first_page`."""
    order = _ascending(key) if ascending else _descending(key)
    found = cut(queryset, ways, order, limit + 1) if ways else queryset
    return found.order_by(*order)[: limit + 1]


def first_page(rows: list[Row], key: str, *, limit: int = LIMIT) -> Page[Row]:
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, next=_encode(rows[-1], key) if more else "", previous="")


def page_of_request(
    queryset: QuerySet[Row],
    key: str,
    parameters: Mapping[str, str],
    *,
    limit: int = LIMIT,
    ascending: bool = False,
    ways: Sequence[Way] = (),
) -> Page[Row]:
    """`page` by the query string (`after`, `before`); a cursor that means nothing gives the first page."""
    after, before = parameters.get("after", ""), parameters.get("before", "")
    try:
        return page(queryset, key, after=after, before=before, limit=limit, ascending=ascending, ways=ways)
    except BadCursor:
        return page(queryset, key, limit=limit, ascending=ascending, ways=ways)


def _descending(key: str) -> list[str]:
    return ["-pk"] if key in {"id", "pk"} else [f"-{key}", "-pk"]


def _ascending(key: str) -> list[str]:
    return [name.removeprefix("-") for name in _descending(key)]


def beyond(key: str, place: tuple[Any, Any], *, upward: bool) -> Q:
    """Rows beyond a place. The first condition repeats what the second says, in a form an index can be entered by."""
    side = "gt" if upward else "lt"
    value, pk = place
    if key in {"id", "pk"}:
        return Q(**{f"pk__{side}": pk})
    return Q(**{f"{key}__{side}e": value}) & (Q(**{f"{key}__{side}": value}) | Q(**{f"pk__{side}": pk}))


def _encode(row: Any, key: str) -> str:
    value: Any = row
    for name in ("pk",) if key in {"id", "pk"} else key.split("__"):
        value = getattr(value, name)
    return packed([value, row.pk])


def packed(values: Sequence[Any]) -> str:
    """A cursor of a place that these say."""
    text = json.dumps([_plain(value) for value in values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unpacked(cursor: str, number: int) -> list[Any]:
    """So many values, of which JSON says what they are. BadCursor."""
    if len(cursor) > LONGEST_CURSOR:
        raise BadCursor
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, ValueError, TypeError, RecursionError) as error:
        raise BadCursor from error
    if not isinstance(values, list) or len(values) != number:
        raise BadCursor
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def _decode(model: type[Model], key: str, cursor: str) -> tuple[Any, Any]:
    """The value and id a cursor holds, each as its column's type."""
    value, pk = unpacked(cursor, 2)
    return typed(model, key, value), typed(model, "pk", pk)


def typed(model: type[Model], name: str, value: Any) -> Any:
    """The value as its column's type, or BadCursor: what comes from an address may be anything JSON can say."""
    column: Any = model._meta.pk if name in {"id", "pk"} else None
    for step in () if column else name.split("__"):
        column = (column.related_model if column else model)._meta.get_field(step)
    if not isinstance(column, Field) or not isinstance(value, str | int | float) or isinstance(value, bool):
        raise BadCursor
    try:
        if isinstance(value, str) and "\x00" in value.encode().decode():  # encode() refuses lone surrogates
            raise BadCursor
        found = column.to_python(value)
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise BadCursor from error
    if isinstance(found, dt.datetime) and timezone.is_naive(found):
        raise BadCursor
    return found
