"""A small ordered registry: what a lower floor must show of a higher one is plugged in here, from AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class Registrable(Protocol):
    """Anything with a key, unique in its registry, and an order, smallest first."""

    @property
    def key(self) -> str: ...

    @property
    def order(self) -> int: ...


Item = TypeVar("Item", bound=Registrable)


class Registry(Generic[Item]):
    """Items by key, iterated by (order, key).

    Registering the same item again is allowed (apps may be set up twice in tests); another item under the same key is
    a programming error and raises ValueError.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._items: dict[str, Item] = {}
        self._ordered: tuple[Item, ...] = ()

    def register(self, item: Item) -> Item:
        known = self._items.get(item.key)
        if known is not None and known != item:
            raise ValueError(f"{self.what} {item.key!r} is registered already")
        self._items[item.key] = item
        self._sort()
        return item

    def unregister(self, key: str) -> None:
        """Take an item out again; for tests."""
        self._items.pop(key, None)
        self._sort()

    def _sort(self) -> None:
        self._ordered = tuple(sorted(self._items.values(), key=lambda item: (item.order, item.key)))

    def __iter__(self) -> Iterator[Item]:
        return iter(self._ordered)

    def __len__(self) -> int:
        return len(self._ordered)

    def __contains__(self, key: str) -> bool:
        return key in self._items
