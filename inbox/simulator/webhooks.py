"""Webhooks: that they come again until they are taken, in the provider's own way of saying who it is.

1. What is not taken (or not answered within ten seconds) is tried again, with growing pauses, for seven days.
2. Mischief, on demand: the next ones come twice, are held back and come in reverse, or carry a wrong signature.
"""

import secrets
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from inbox.simulator.clock import Clock
from inbox.simulator.world import World

GIVE_UP = 7 * 24 * 3600.0
LONGEST_PAUSE = 600.0
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
Done = Callable[["Delivery"], None]


@cache
def _trusted() -> ssl.SSLContext:
    """Made once: it takes longer than a test."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass
class Delivery:
    """One body to one address. `signed`: "right", "wrong", None for not at all, or the header itself.

    `status` 0: no answer, `error` says why.
    """

    url: str
    secret: str
    raw: bytes
    signed: str | None = "right"
    at: float = field(default_factory=time.time)
    attempts: int = 0
    status: int = 0
    error: str = ""
    took: float = 0.0
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    done: Done | None = None
    taken: bool = False


class Webhooks:
    """`backoff`: the first pause in seconds; each next one is twice as long. A provider says its `headers`."""

    def __init__(self, world: World[Any], clock: Clock, *, backoff: float = 1.0) -> None:
        self._all = world
        self._clock = clock
        self._backoff = backoff
        self._http = httpx.Client(timeout=TIMEOUT, trust_env=False, verify=_trusted())
        self._lock = threading.Lock()
        self._held: list[Delivery] = []
        self._hold = 0
        self._double = 0
        self._unsigned = 0
        self.attempts: deque[Delivery] = deque(maxlen=500)
        self.on_attempt: Done | None = None

    def headers(self, secret: str, raw: bytes, signed: str | None) -> dict[str, str]:
        """What a receiver knows the provider by."""
        raise NotImplementedError

    def is_taken(self, status: int) -> bool:
        return status == 200

    def close(self) -> None:
        self._http.close()

    def post(self, raw: bytes, url: str, *, secret: str, signature: str | None = "right") -> httpx.Response:
        """One request now, and its answer; nothing is tried again. For tests of the receiver."""
        return self._http.post(url, content=raw, headers=self.headers(secret, raw, signature))

    def resume(self) -> None:
        """Queue what an earlier process could not deliver."""
        with self._all.lock:
            waiting = list(self._all.undelivered.items())
        for delivery_id, kept in waiting:
            raw = kept["raw"].encode("latin-1")
            self.queue(Delivery(kept["url"], kept["secret"], raw, at=kept["at"], id=delivery_id))

    # Mischief

    def double(self, times: int = 1) -> None:
        """The next ones come twice."""
        with self._lock:
            self._double += times

    def hold(self, times: int = 2) -> None:
        """The next ones wait for each other and then come in reverse."""
        with self._lock:
            self._hold = times

    def misign(self, times: int = 1) -> None:
        """The next ones carry a wrong signature (and come right when they are tried again)."""
        with self._lock:
            self._unsigned += times

    # Sending

    def deliver(self, to: list[tuple[str, str]], raw: bytes, done: Done | None = None) -> int:
        """To each (address, secret), with the mischief that was asked for; to how many. `done` runs when one has taken
        it."""
        deliveries = [Delivery(url, secret, raw, done=done) for url, secret in to]
        with self._lock:
            if deliveries and self._unsigned:
                self._unsigned -= 1
                for one in deliveries:
                    one.signed = "wrong"
            if deliveries and self._double:
                self._double -= 1
                deliveries += [Delivery(one.url, one.secret, raw) for one in deliveries]
            if deliveries and self._hold:
                self._hold -= 1
                self._held = [*deliveries, *self._held]
                deliveries = []
                if not self._hold:
                    deliveries, self._held = self._held, []
        for one in deliveries:
            self.queue(one)
        return len(to)

    def queue(self, delivery: Delivery, pause: float = 0.0) -> None:
        with self._all.lock:
            self._all.undelivered[delivery.id] = {
                "url": delivery.url,
                "secret": delivery.secret,
                "raw": delivery.raw.decode("latin-1"),
                "at": delivery.at,
            }
        self._clock.after(pause, lambda: self._attempt(delivery))

    def _attempt(self, delivery: Delivery) -> None:
        began = time.monotonic()
        delivery.attempts += 1
        try:
            headers = self.headers(delivery.secret, delivery.raw, delivery.signed)
            answer = self._http.post(delivery.url, content=delivery.raw, headers=headers)
            delivery.status, delivery.error = answer.status_code, ""
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            delivery.status, delivery.error = 0, f"{type(error).__name__}: {error}"
        delivery.took = time.monotonic() - began
        delivery.taken = self.is_taken(delivery.status)
        over = delivery.taken or time.time() - delivery.at > GIVE_UP
        if over:
            with self._all.lock:
                self._all.undelivered.pop(delivery.id, None)
        self.attempts.append(delivery)
        if self.on_attempt:
            self.on_attempt(delivery)
        if delivery.taken and delivery.done:
            delivery.done(delivery)
        if not over:
            delivery.signed = "right" if delivery.signed == "wrong" else delivery.signed
            self.queue(delivery, min(LONGEST_PAUSE, self._backoff * 2 ** (delivery.attempts - 1)))
