"""Requests that the test's web process is answering at this moment, by its threads."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished, request_started

PATIENCE = 10.0  # seconds


class InFlight:
    """One that a browser has given up goes on in its thread, and holds locks while the tables are emptied."""

    def __init__(self) -> None:
        self._threads: set[threading.Thread] = set()
        self._test = threading.current_thread()  # whose own client answers to itself

    def settle(self) -> None:
        """Until none is; AssertionError where one does not end."""
        ends = time.monotonic() + PATIENCE
        while any(
            thread.is_alive() for thread in list(self._threads)
        ):  # whose browser hung up ends without a word
            assert time.monotonic() < ends, "a request of the test does not end"
            time.sleep(0.01)

    @contextmanager
    def counted(self) -> Iterator["InFlight"]:
        request_started.connect(self._begin)
        request_finished.connect(self._end)
        try:
            yield self
        finally:
            request_started.disconnect(self._begin)
            request_finished.disconnect(self._end)

    def _begin(self, **_: Any) -> None:
        if (thread := threading.current_thread()) is not self._test:
            self._threads.add(thread)

    def _end(self, **_: Any) -> None:
        self._threads.discard(threading.current_thread())
