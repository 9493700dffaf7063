"""Processes that are to run for as long as the supervisor: what dies is started again, but not for ever."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from crm.embedded.children import Child
from crm.embedded.errors import Refusal
from crm.embedded.terminal import say_error

RESTARTS = 5  # within RESTART_WINDOW seconds; one more ends everything
RESTART_WINDOW = 60.0
FIRST_PAUSE = 0.25  # seconds, doubled at each death within the window


@dataclass
class Watched:
    name: str
    start: Callable[[], Child]
    child: Child | None = None
    deaths: deque[float] = field(default_factory=deque)
    again_at: float | None = None  # monotonic time at which it is started anew

    def obituary(self) -> str:
        """One line that names it, how it ended, its last words and its log."""
        if self.child is None:
            return f"{self.name} does not run."
        code = self.child.code
        words = (
            "" if code is not None and code < 0 else self.child.last_words()
        )  # a signal leaves no time for any
        return f"{self.name} {self.child.ending}{f': {words}' if words else '.'} (log: {self.child.log})"


class Watch:
    def __init__(self) -> None:
        self._watched: list[Watched] = []

    def add(self, name: str, start: Callable[[], Child], child: Child | None = None) -> None:
        """Started at once where it does not run yet."""
        watched = Watched(name, start, child)
        self._watched.append(watched)
        if child is None:
            watched.child = start()

    @property
    def children(self) -> list[Child]:
        return [watched.child for watched in self._watched if watched.child is not None]

    @property
    def pause(self) -> float:
        """Seconds until the next start that is due; at most one."""
        now = time.monotonic()
        due = [watched.again_at - now for watched in self._watched if watched.again_at is not None]
        return max(0.0, min([*due, 1.0]))

    def require_alive(self) -> None:
        """Raises Refusal for the first that ended: while we start, a death is the end."""
        for watched in self._watched:
            if watched.child is None or watched.child.code is not None:
                raise Refusal(watched.obituary())

    def tend(self) -> bool:
        """Bury what died, start what is due; True where something was started. Refusal: too many deaths."""
        started = False
        for watched in self._watched:
            now = time.monotonic()
            if watched.child is not None and watched.child.code is not None:
                message = watched.obituary()
                watched.child.kill_group()
                watched.child = None
                self._plan(watched, now, message)
            elif watched.again_at is not None and now >= watched.again_at:
                started = self._revive(watched) or started
        return started

    def _plan(self, watched: Watched, now: float, message: str) -> None:
        while watched.deaths and now - watched.deaths[0] > RESTART_WINDOW:
            watched.deaths.popleft()
        watched.deaths.append(now)
        if len(watched.deaths) > RESTARTS:
            raise Refusal(
                f"{message} It died {len(watched.deaths)} times within a minute, so everything ends."
            )
        watched.again_at = now + FIRST_PAUSE * 2 ** (len(watched.deaths) - 1)
        say_error(f"{message} It starts again.")

    def _revive(self, watched: Watched) -> bool:
        watched.again_at = None
        try:
            watched.child = watched.start()
        except Refusal as refusal:  # a server that did not come up: the same as one that died
            self._plan(watched, time.monotonic(), str(refusal))
            return False
        return True
