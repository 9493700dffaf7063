"""live-gathering.js: signals are gathered for a moment; those of every message wait as long as the live process
says."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

GATHER = 0.3
PATIENCE, LONGEST, QUICK = 20, 20.0, 0.2
CALM = ("lead", "notices")


def uneven() -> float:
    return 0.75 + random.random() / 2


Dispatch = Callable[[dict[str, list[dict[str, Any]]]], None]


class Gathering:
    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._gathered: dict[str, tuple[dict[str, Any], bool]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._calm_until = 0.0
        self._took = (0.0, 0.0)

    def answered(self, seconds: float) -> None:
        self._took = (self._took[1], seconds)

    @property
    def patience(self) -> float:
        least = min(self._took)
        return 0.0 if least < QUICK else min(LONGEST, least * PATIENCE)

    def keep(self, message: dict[str, Any], *, is_near: bool) -> None:
        is_calm = message["kind"] in CALM and not is_near
        self._gathered[f"{message['kind']} {message['ids']}"] = (message, is_calm)
        self._gather()

    def _gather(self) -> None:
        now = time.monotonic()
        due = [(message, is_calm) for message, is_calm in self._gathered.values() if self._is_due(is_calm)]
        is_urgent = any(not is_calm for _message, is_calm in due)
        spread = 0 if is_urgent else max((message.get("spread", 0) for message, _calm in due), default=0)
        pause = GATHER + random.random() * max(GATHER, spread / 1000)
        wait = max(pause, 0 if due else self._calm_until - now)
        loop = asyncio.get_running_loop()
        if not self._gathered:
            return
        if self._timer and (not is_urgent or loop.time() + wait >= self._timer.when()):
            return
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_later(wait, self._ring)

    def _ring(self) -> None:
        self._timer = None
        due = {what: one for what, one in self._gathered.items() if self._is_due(one[1])}
        anew = {what: one for what, one in due.items() if one[0]["kind"] == "refresh"}
        if anew:
            self._rest([message for message, is_calm in self._gathered.values() if is_calm])
            self._gathered.clear()
            due = anew
        kinds: dict[str, list[dict[str, Any]]] = {}
        for what, (message, _is_calm) in due.items():
            kinds.setdefault(message["kind"], []).append(message["ids"])
            self._gathered.pop(what, None)
        self._rest([message for message, is_calm in due.values() if is_calm])
        self._dispatch(kinds)
        self._gather()

    def _rest(self, calm: list[dict[str, Any]]) -> None:
        if calm:
            longest = max(self.patience, *(message.get("rest", 0) / 1000 for message in calm))
            self._calm_until = time.monotonic() + longest * uneven()

    def _is_due(self, is_calm: bool) -> bool:
        return not is_calm or time.monotonic() >= self._calm_until
