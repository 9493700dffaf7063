"""Chapters of the demo that higher floors add, from their `AppConfig.ready()`: told after this floor's own."""

from collections.abc import Callable
from dataclasses import dataclass

from workspaces.models import Workspace


@dataclass(frozen=True)
class Chapter:
    """`tell` runs in the workspace's scope, in Spanish and in a transaction; it does nothing the second time."""

    key: str
    order: int
    tell: Callable[[Workspace], object]


_chapters: dict[str, Chapter] = {}


def register(chapter: Chapter) -> None:
    _chapters[chapter.key] = chapter


def in_order() -> list[Chapter]:
    return sorted(_chapters.values(), key=lambda chapter: chapter.order)
