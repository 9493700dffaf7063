"""live-stream.js: a stream that comes back with full jitter, a fresh token where its own is old or was not taken, and
knows what it has heard."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from bench.crowd.wire import Server

LONGEST_WAIT = 30.0
YOUNG = 200.0
TRIES = 4

Hear = Callable[[str, dict[str, Any]], None]


class Stream:
    def __init__(self, page: dict[str, str], hear: Hear, renew: Callable[[], Awaitable[str]]) -> None:
        self._server = Server(int(page["port"]), "")
        self._path, self._token, self._since = page["path"], page["token"], page["since"]
        self._hear, self._renew = hear, renew
        self._held_since = float(page["since"]) / 1000
        self._failures = self._tries = 0
        self.is_open = False

    async def run(self) -> None:
        while True:
            is_renewed = False
            try:
                query = urlencode({"token": self._token, "since": self._since})
                async for name, data, mark in self._server.events(f"{self._path}?{query}"):
                    self._since = mark or self._since
                    if name == "ready":
                        self.is_open, self._failures, self._tries = True, 0, 0
                    elif name in ("signal", "refresh"):
                        self._hear(name, data)
                    elif name == "renew":
                        is_renewed = True
                    elif name == "end":
                        raise RuntimeError("a stream was ended, and nobody has left")
            except OSError:
                self.is_open = False
            if is_renewed:
                await asyncio.sleep(random.random())
                await self._refresh_token()
                continue
            self._failures += 1
            await asyncio.sleep(random.random() * min(LONGEST_WAIT, 2**self._failures))
            if self._tries >= TRIES or time.time() - self._held_since > YOUNG:
                await self._refresh_token()
            else:
                self._tries += 1

    async def _refresh_token(self) -> None:
        self._token = json.loads(await self._renew())["token"]
        self._held_since, self._tries = time.time(), 0
