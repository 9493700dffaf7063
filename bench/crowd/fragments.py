"""Fragments that htmx fetches when a signal comes, as htmx 2 does it: `hx-trigger="live:lead from:body throttle:4s"`.

1. While a request of an element is under way, the latest trigger waits for its end, and others are dropped.
2. `throttle` lets the first through and drops what comes till it is over, whichever trigger of the element it is.
3. What is swapped as outerHTML names its address anew (the bell's says since when it counted).
"""

import html
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_TAG = re.compile(r"<[a-z][^<>]*\shx-trigger=\"[^\"]*(?:live:|talks:count)[^\"]*\"[^<>]*>")
_ATTRIBUTE = re.compile(r"([a-z-]+)=\"([^\"]*)\"")
Ask = Callable[[str], Awaitable[str]]


@dataclass
class Fragment:
    address: str
    triggers: dict[str, float]  # event → seconds of throttle
    is_replaced: bool
    _is_busy: bool = False
    _is_waiting: bool = False
    _throttled_until: float = 0

    async def hear(self, event: str, ask: Ask) -> None:
        now = time.monotonic()
        if event not in self.triggers or now < self._throttled_until:
            return
        self._throttled_until = now + self.triggers[event]
        if self._is_busy:
            self._is_waiting = True
            return
        self._is_busy = True
        try:
            answer = await ask(self.address)
        finally:
            self._is_busy = False
        fresh = found(answer) if self.is_replaced else []
        if fresh:
            self.address = fresh[0].address
        if self._is_waiting:
            self._is_waiting, self._throttled_until = False, 0
            await self.hear(event, ask)


def found(text: str) -> list[Fragment]:
    made = []
    for tag in _TAG.findall(text):
        attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        triggers = {}
        for trigger in attributes["hx-trigger"].split(","):
            event, *rest = trigger.split()
            throttle = next((part[9:] for part in rest if part.startswith("throttle:")), "0s")
            triggers[event] = float(throttle.removesuffix("s"))
        is_replaced = attributes.get("hx-swap") == "outerHTML"
        made.append(Fragment(attributes["hx-get"], triggers, is_replaced))
    return made
