"""Search over everything: the providers behind the palette.

A provider is asked only inside a workspace's scope, with two characters or more, and returns at most `limit` results of
what this request's person may see. It must answer fast (tens of milliseconds): the palette waits for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm.ui.registry import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["Provider", "Result", "providers", "register"]


@dataclass(frozen=True)
class Result:
    """One line of the palette. `icon` is a lucide name; `detail` is the quiet words after the label."""

    label: str
    href: str
    icon: str
    detail: str = ""


@dataclass(frozen=True)
class Provider:
    """`find(request, words, limit)` returns results, best first; `label` heads their group."""

    key: str
    label: str | _StrPromise
    find: Callable[[Any, str, int], Sequence[Result]]
    allowed: Callable[[Any], bool] = lambda request: True
    order: int = 100


providers: Registry[Provider] = Registry("Search provider")


def register(provider: Provider) -> Provider:
    return providers.register(provider)
