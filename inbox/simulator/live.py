"""News for the page: whoever listens gets every event from then on."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from inbox.simulator.web import Payload

FULL = 1000


class Hub:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[queue.Queue[Payload | None]] = set()

    def publish(self, kind: str, **data: object) -> None:
        """Never waits: a listener that does not read is dropped, and its page starts anew."""
        with self._lock:
            for listener in list(self._listeners):
                try:
                    listener.put_nowait({"kind": kind, **data})
                except queue.Full:
                    self._listeners.discard(listener)

    @contextmanager
    def listening(self) -> Iterator["queue.Queue[Payload | None]"]:
        """A queue of events; None ends it."""
        listener: queue.Queue[Payload | None] = queue.Queue(FULL)
        with self._lock:
            self._listeners.add(listener)
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)

    @property
    def is_heard(self) -> bool:
        with self._lock:
            return bool(self._listeners)

    def close(self) -> None:
        with self._lock:
            for listener in self._listeners:
                listener.put_nowait(None)
            self._listeners.clear()
