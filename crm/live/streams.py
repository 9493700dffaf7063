"""One open connection to a browser. An idle one costs one waiting task and nothing else.

A writer task lives only while there is something to write. A browser that reads slower than signals come
loses them: when LIMIT of them wait, all are dropped for one `refresh`, and when nothing at all gets through
for STALL seconds the connection is given up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from crm.live.tokens import Held, now_ms

Send = Callable[[dict[str, Any]], Awaitable[None]]

LIMIT = 256  # events waiting
STALL = 20.0  # seconds
HEARTBEAT = b":\n\n"


def event(name: str, data: str = "{}", at: int | None = None) -> bytes:
    """One server-sent event. Its id is the live process's clock in ms: what a client has heard up to."""
    return f"id: {at or now_ms()}\nevent: {name}\ndata: {data}\n\n".encode()


class Stream:
    """It hears from its first moment, and writes once it is open: before that there is no answer to write into."""

    __slots__ = (
        "_is_open",
        "_queue",
        "_send",
        "_task",
        "_writer",
        "ending",
        "held",
        "refreshes_at",
        "wrote_at",
    )

    def __init__(self, held: Held, send: Send, task: asyncio.Task[Any]) -> None:
        self.held = held
        self.ending = False
        self._is_open = False
        self.wrote_at = time.monotonic()
        self.refreshes_at = 0.0  # by the monotonic clock: when its pages were told to load anew
        self._send = send
        self._task = task  # waits for the browser to leave
        self._queue: list[bytes] = []
        self._writer: asyncio.Task[None] | None = None

    def open(self) -> None:
        """The answer has begun: `ready`, and behind it what was said meanwhile."""
        self._is_open = True
        if not self.ending:
            self._queue.insert(0, event("ready"))
        self._write_soon()

    def push(self, text: bytes) -> None:
        """Write this when the connection takes it. Never waits."""
        if self.ending:
            return
        if len(self._queue) >= LIMIT:
            self._queue = [event("refresh")]
        else:
            self._queue.append(text)
        self._write_soon()

    def beat(self) -> None:
        """A comment that keeps proxies from closing the connection; none while other things wait."""
        if not self._queue and self._writer is None:
            self.push(HEARTBEAT)

    def finish(self, name: str, data: str = "{}") -> None:
        """Write one last event and close."""
        if not self.ending:
            self._queue = [event(name, data)]
            self.ending = True
            self._write_soon()

    def _write_soon(self) -> None:
        if self._is_open and self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._queue:
                chunk = b"".join(self._queue)
                self._queue = []
                async with asyncio.timeout(STALL):
                    await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
                self.wrote_at = time.monotonic()
            if self.ending:
                self._task.cancel()
        except Exception:  # noqa: BLE001 (gone or stuck: whatever the server raises, the stream is over)
            self.ending = True
            self._queue = []
            self._task.cancel()
        finally:
            self._writer = None
