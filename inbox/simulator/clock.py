"""Things to do later: a heap of moments, and a few threads that do what is due."""

import heapq
import logging
import threading
import time
from collections.abc import Callable
from itertools import count

log = logging.getLogger("inbox.simulator")


class Clock:
    def __init__(self, threads: int = 1) -> None:
        """With one thread, things due at one moment are done in the order they were asked for."""
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._turn = threading.Condition()
        self._number = count()
        self._busy = 0
        self._ended = False
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        with self._turn:
            self._ended = True
            self._turn.notify_all()
        for thread in self._threads:
            thread.join(timeout=3)

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        with self._turn:
            heapq.heappush(self._due, (time.monotonic() + max(0.0, seconds), next(self._number), do))
            self._turn.notify()

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is due or being done; False where that took longer."""
        deadline = time.monotonic() + seconds
        with self._turn:
            while self._due or self._busy:
                if (left := deadline - time.monotonic()) <= 0:
                    return False
                self._turn.wait(min(left, 0.05))
        return True

    def _work(self) -> None:
        while (do := self._next()) is not None:
            try:
                do()
            except Exception:  # one failure must not end the provider
                log.exception("something due failed")
            finally:
                with self._turn:
                    self._busy -= 1
                    self._turn.notify_all()

    def _next(self) -> Callable[[], None] | None:
        with self._turn:
            while not self._ended:
                if not self._due:
                    self._turn.wait()
                    continue
                wait = self._due[0][0] - time.monotonic()
                if wait <= 0:
                    self._busy += 1
                    return heapq.heappop(self._due)[2]
                self._turn.wait(wait)
        return None
