"""What was found lately, where it may be a little old: it decides how something is read, and never what is read."""

import time
from collections.abc import Hashable
from typing import Generic, TypeVar

from crm.tenancy import current_workspace

Found = TypeVar("Found")


class Lately(Generic[Found]):
    """By all that it depends on; the workspace is added. Of this process, for so many `seconds`; where there are
    `most`, it begins anew."""

    def __init__(self, seconds: float, most: int = 4_096) -> None:
        self._seconds = seconds
        self._most = most
        self._found: dict[Hashable, tuple[float, Found]] = {}

    def get(self, what: Hashable) -> Found | None:
        known = self._found.get((current_workspace(), what))
        return known[1] if known is not None and time.monotonic() < known[0] else None

    def keep(self, what: Hashable, found: Found) -> None:
        if len(self._found) >= self._most:
            self._found.clear()
        self._found[current_workspace(), what] = (time.monotonic() + self._seconds, found)
