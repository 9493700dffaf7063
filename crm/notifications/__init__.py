"""What a person may be told of: kinds of notifications, and the ways by which each reaches them. No business word.

    notifications.register(Kind("assigned", _("A lead is given to me"), "user-round-check", words=…, defaults=…))
    notifications.offered(membership)       what this person may choose among

The rows are `directory.Notification`, since they speak of leads; each floor registers the kinds of what happens there,
and calls `directory.actions.notifications.make`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

__all__ = ["Kind", "Way", "all_kinds", "find", "get", "offered", "register"]


class Way(StrEnum):
    """How it reaches the person: the bell in the page, their browser's push service, the e-mail summary."""

    PAGE = "page"
    PUSH = "push"
    MAIL = "mail"


Ways = frozenset[Way]


def everyone(membership: Any) -> bool:
    return True


@dataclass(frozen=True)
class Kind:
    """`label` stands in the settings. `words(told)` is the sentence a person reads, in their language, of what the
    floor that keeps the rows hands over; never what somebody wrote.

    defaults: the ways of who has chosen nothing, by membership. always: ways that cannot be switched off.
    offered: to whom such a thing can happen at all.
    gathers: while it is unseen, more of it about one lead is counted on the same row.
    excerpt: of a row, the first words of what was written, for who has chosen to see it outside the page.
    href: where a row without a lead leads to, by the workspace's public id and the row.
    """

    key: str
    label: str | Promise
    icon: str
    words: Callable[[Any], str]
    defaults: Callable[[Any], Ways]
    order: int = 100
    help: str | Promise = ""
    always: Ways = frozenset()
    offered: Callable[[Any], bool] = everyone
    gathers: bool = False
    excerpt: Callable[[Any, Any], str] | None = None
    href: Callable[[str, Any], str] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """From AppConfig.ready(). The same kind again is no error, another under its key is."""
    known = _kinds.setdefault(kind.key, kind)
    if known is not kind:
        raise ValueError(f"A kind of notification {kind.key!r} is already registered.")
    return kind


def get(key: str) -> Kind:
    """Raises KeyError where no app has registered it."""
    return _kinds[key]


def find(key: str) -> Kind | None:
    return _kinds.get(key)


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def offered(membership: Any) -> list[Kind]:
    """Those that can reach this person, in order."""
    return [kind for kind in all_kinds() if kind.offered(membership)]
