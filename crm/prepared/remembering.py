"""What is made once and found again by all that it depends on."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from crm.tenancy import current_workspace

Held = TypeVar("Held")


class Remembered(Generic[Held]):
    """Anything, such as a `Statement`, or which way led somewhere, by all that it depends on; the workspace is added.
    Where there are `most`, it begins anew. It is the process's own: another makes it again."""

    def __init__(self, most: int = 1_024) -> None:
        self._most = most
        self._held: dict[Hashable, Held] = {}

    def get(self, what: Hashable, make: Callable[[], Held]) -> Held:
        """Made when it is asked for the first time."""
        found = self.known(what)
        return self.keep(what, make()) if found is None else found

    def known(self, what: Hashable) -> Held | None:
        return self._held.get((current_workspace(), what))

    def keep(self, what: Hashable, held: Held) -> Held:
        """In the place of what was known."""
        key = (current_workspace(), what)
        if len(self._held) >= self._most and key not in self._held:
            self._held.clear()
        self._held[key] = held
        return held

    def clear(self) -> None:
        """All of it."""
        self._held.clear()
