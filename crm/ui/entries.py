"""The one shape of a place in the frame: rail, settings, "+ New", and the person's menu are registries of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def everyone(request: HttpRequest) -> bool:
    """The default predicate: whoever sees the frame may use the entry."""
    return True


@dataclass(frozen=True)
class Entry:
    """A place one can go to.

    `label` is lazy (gettext_lazy). `icon` is a lucide name. `url_name` is reversed with `workspace_id` when the entry
    is `scoped`. `allowed(request)` must not query: it reads `request.user` and `request.membership`. `badge(request)`
    is the number of what waits for the person (0 shows nothing); it may make one query. `shortcut` is the
    letter after `g`. `group` is a heading in settings. `exact` marks an entry whose address is the beginning of others
    (Home). `also` are the url names of other places within the entry. `keywords` are other words the palette finds it
    by.
    """

    key: str
    label: str | _StrPromise
    icon: str
    url_name: str
    allowed: Callable[[Any], bool] = everyone
    badge: Callable[[Any], int] | None = None
    order: int = 100
    shortcut: str = ""
    group: str | _StrPromise = ""
    description: str | _StrPromise = ""
    keywords: str | _StrPromise = ""
    scoped: bool = True
    exact: bool = False
    also: tuple[str, ...] = ()
    dialog: bool = False
    kwargs: tuple[tuple[str, str], ...] = field(default=())

    def __hash__(self) -> int:
        """By key: the words are lazy, and hashing them would speak them."""
        return hash(self.key)

    def within(self, workspace_id: str) -> tuple[str, ...]:
        """The beginnings of the addresses that are in it."""
        named = (self.url_name, *self.also)
        return tuple(address(name, workspace_id if self.scoped else "", self.kwargs) for name in named)

    def href(self, workspace_id: str) -> str:
        """The entry's address inside the workspace with this public id."""
        return address(self.url_name, workspace_id if self.scoped else "", self.kwargs)


@lru_cache(maxsize=4096)
def address(url_name: str, workspace_id: str, kwargs: tuple[tuple[str, str], ...] = ()) -> str:
    """reverse(), remembered: addresses of the frame are asked for on every page and never change while we run."""
    arguments = dict(kwargs)
    if workspace_id:
        arguments["workspace_id"] = workspace_id
    return reverse(url_name, kwargs=arguments or None)
