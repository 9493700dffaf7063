"""The orders a column can have.

Each gives a card a key: text that sorts ascending, byte by byte, as the cards do. By it the browser finds a card's
place among those it has, and a column goes on below its last card.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LAST, WAITING, CREATED, AGE, MANUAL = "last", "waiting", "created", "age", "manual"
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
TOP_TIME, TOP_ID = 10**16 - 1, 10**19 - 1  # above every microsecond and every id, to turn them round
AFTER = "."  # sorts before every digit and letter, so that a key that is the beginning of another comes first


class Ordered(Protocol):
    """What an order looks at: a placement, or a row that names these columns of it."""

    @property
    def pk(self) -> int: ...
    @property
    def position(self) -> str: ...
    @property
    def created_at(self) -> dt.datetime: ...
    @property
    def last_activity_at(self) -> dt.datetime: ...
    @property
    def waiting_since(self) -> dt.datetime | None: ...
    @property
    def stage_since(self) -> dt.datetime: ...


class BadKey(ValueError):
    """A key that this order never gave out."""


@dataclass(frozen=True)
class Run:
    """A stretch of a column that one index holds in order: whose, in which order, and what of it follows a key."""

    whose: Q
    by: tuple[str, ...]
    beyond: Callable[[str], Q | None]  # None: nothing of it follows


@dataclass(frozen=True)
class Order:
    label: str | Promise
    icon: str
    key: Callable[[Ordered], str]
    runs: tuple[Run, ...]


def _micros(moment: dt.datetime) -> int:
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def _newest(moment: dt.datetime, pk: int) -> str:
    return f"{TOP_TIME - _micros(moment):016d}{AFTER}{TOP_ID - pk:019d}"


def _oldest(moment: dt.datetime, pk: int) -> str:
    return f"{_micros(moment):016d}{AFTER}{pk:019d}"


def _numbers(key: str) -> tuple[int, int]:
    first, point, second = key.partition(AFTER)
    if not (point and first.isdecimal() and second.isdecimal() and len(first) == 16 and len(second) == 19):
        raise BadKey(key)
    return int(first), int(second)


def _moment(micros: int) -> dt.datetime:
    try:
        return EPOCH + dt.timedelta(microseconds=micros)
    except OverflowError as error:
        raise BadKey(str(micros)) from error


def _after_newest(field: str, key: str) -> Q:
    first, second = _numbers(key)
    moment, pk = _moment(TOP_TIME - first), TOP_ID - second
    return Q(**{f"{field}__lte": moment}) & (Q(**{f"{field}__lt": moment}) | Q(lead_id__lt=pk))


def _after_oldest(field: str, key: str) -> Q:
    first, pk = _numbers(key)
    moment = _moment(first)
    return Q(**{f"{field}__gte": moment}) & (Q(**{f"{field}__gt": moment}) | Q(lead_id__gt=pk))


def _after_position(key: str) -> Q:
    position, point, pk = key.rpartition(AFTER)
    if not (
        point and position and position.isalnum() and position.isascii() and pk.isdecimal() and len(pk) == 19
    ):
        raise BadKey(key)
    return Q(position__gte=position) & (Q(position__gt=position) | Q(lead_id__gt=int(pk)))


def _waiting_key(placement: Ordered) -> str:
    if placement.waiting_since is not None:
        return "0" + _oldest(placement.waiting_since, placement.pk)
    return "1" + _newest(placement.last_activity_at, placement.pk)


def _waiting_after(key: str) -> Q | None:
    return _after_oldest("waiting_since", key[1:]) if _side(key) == "0" else None


def _answered_after(key: str) -> Q | None:
    return _after_newest("last_activity_at", key[1:]) if _side(key) == "1" else Q()


def _side(key: str) -> str:
    if key[:1] not in ("0", "1"):
        raise BadKey(key)
    return key[0]


RECENT = ("-last_activity_at", "-lead_id")
BY_HAND = ("position", "lead_id")
ORDERS = {
    LAST: Order(
        _("Last message"),
        "message-circle",
        lambda placement: _newest(placement.last_activity_at, placement.pk),
        (Run(Q(), RECENT, lambda key: _after_newest("last_activity_at", key)),),
    ),
    WAITING: Order(
        _("Longest waiting"),
        "hourglass",
        _waiting_key,
        (
            Run(Q(waiting_since__isnull=False), ("waiting_since", "lead_id"), _waiting_after),
            Run(Q(waiting_since=None), RECENT, _answered_after),
        ),
    ),
    CREATED: Order(
        _("Newest lead"),
        "calendar-plus",
        lambda placement: _newest(placement.created_at, placement.pk),
        (Run(Q(), ("-created_at", "-lead_id"), lambda key: _after_newest("created_at", key)),),
    ),
    AGE: Order(
        _("Longest in the stage"),
        "timer",
        lambda placement: _oldest(placement.stage_since, placement.pk),
        (Run(Q(), ("stage_since", "lead_id"), lambda key: _after_oldest("stage_since", key)),),
    ),
    MANUAL: Order(
        _("By hand"),
        "grip-vertical",
        lambda placement: f"{placement.position}{AFTER}{placement.pk:019d}",
        (Run(Q(), BY_HAND, _after_position),),
    ),
}
