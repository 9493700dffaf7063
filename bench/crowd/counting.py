"""counting.js: the numbers of the tabs, counted at once, then every four seconds, or as the page has patience."""

import asyncio
import time
from collections.abc import Callable

from bench.crowd.gathering import Gathering, uneven

EVERY = 4.0


class Counting:
    def __init__(self, gathering: Gathering, say: Callable[[], None]) -> None:
        self._gathering, self._say = gathering, say
        self._timer: asyncio.TimerHandle | None = None
        self._counted = float("-inf")

    def count(self) -> None:
        if self._timer is None:
            due = self._counted + max(EVERY, self._gathering.patience) * uneven()
            self._timer = asyncio.get_running_loop().call_later(max(0, due - time.monotonic()), self._ring)

    def note(self) -> None:
        """All is loaded anew, and the tabs with it."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._counted = None, time.monotonic()

    def _ring(self) -> None:
        self.note()
        self._say()
