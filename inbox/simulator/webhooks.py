"""Webhooks: to whom they go, how they are signed, and that they come again until they are taken.

1. A change of a number goes to the number's own callback, else to the account's override, else to the app's; one copy
   for every app that is subscribed to the account, signed with that app's secret.
2. Anything but a 200 (or no answer within ten seconds) is tried again, with growing pauses, for seven days.
3. Mischief, on demand: the next ones come twice, are held back and come in reverse, or carry a wrong signature.
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

from inbox.simulator import payloads
from inbox.simulator.clock import Clock
from inbox.simulator.payloads import Payload
from inbox.simulator.world import App, World

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
    """One body to one address. `status` 0: no answer, `error` says why."""

    url: str
    secret: str
    raw: bytes
    signed: str | None
    at: float = field(default_factory=time.time)
    attempts: int = 0
    status: int = 0
    error: str = ""
    took: float = 0.0
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    done: Done | None = None

    @property
    def taken(self) -> bool:
        return self.status == 200


class Webhooks:
    """`backoff`: the first pause in seconds; each next one is twice as long."""

    def __init__(self, world: World, clock: Clock, *, backoff: float = 1.0) -> None:
        self._world = world
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

    def close(self) -> None:
        self._http.close()

    # What is sent

    def send(self, body: Payload, done: Done | None = None) -> int:
        """To everyone who subscribed to what it is about; how many that are. `done` runs when one has taken it."""
        return self._send_to(self._subscribers(body), payloads.raw(body), done)

    def send_raw(
        self,
        raw: bytes,
        *,
        signature: str | None = "right",
        app_id: str | None = None,
        done: Done | None = None,
    ) -> int:
        """Any bytes to the apps' own callbacks. `signature`: "right", "wrong", None for none, or the header itself."""
        with self._world.lock:
            apps = [app for app in self._world.apps.values() if app_id in (None, app.id) and app.callback_url]
        for app in apps:
            self._queue(Delivery(str(app.callback_url), app.secret, raw, signature, done=done))
        return len(apps)

    def post(self, raw: bytes, url: str, *, secret: str, signature: str | None = "right") -> httpx.Response:
        """One request now, and its answer; nothing is tried again. For tests of the receiver."""
        return self._http.post(url, content=raw, headers=_headers(secret, raw, signature))

    def verify(self, url: str, token: str) -> str:
        """The handshake: "" when the receiver echoed the challenge, else what is wrong, in Meta's words."""
        challenge = str(secrets.randbelow(2**31))
        asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
        try:
            answer = self._http.get(url, params=asked)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return f"curl_errno = 7; curl_error = {error}; HTTP Status Code = 0"
        if answer.status_code != 200:
            return f"HTTP Status Code = {answer.status_code}; HTTP Message = {answer.reason_phrase}"
        if answer.text != challenge:
            return f"HTTP Status Code = 200; The answer is {answer.text[:60]!r} instead of the challenge"
        return ""

    def resume(self) -> None:
        """Queue what an earlier process could not deliver."""
        with self._world.lock:
            waiting = list(self._world.undelivered.items())
        for delivery_id, kept in waiting:
            raw = kept["raw"].encode("latin-1")
            self._queue(Delivery(kept["url"], kept["secret"], raw, "right", at=kept["at"], id=delivery_id))

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

    def _send_to(self, to: list[tuple[str, str]], raw: bytes, done: Done | None) -> int:
        deliveries = [Delivery(url, secret, raw, "right", done=done) for url, secret in to]
        with self._lock:
            if deliveries and self._unsigned:
                self._unsigned -= 1
                for one in deliveries:
                    one.signed = "wrong"
            if deliveries and self._double:
                self._double -= 1
                deliveries += [Delivery(one.url, one.secret, raw, "right") for one in deliveries]
            if deliveries and self._hold:
                self._hold -= 1
                self._held = [*deliveries, *self._held]
                deliveries = []
                if not self._hold:
                    deliveries, self._held = self._held, []
        for one in deliveries:
            self._queue(one)
        return len(to)

    def _queue(self, delivery: Delivery, pause: float = 0.0) -> None:
        with self._world.lock:
            self._world.undelivered[delivery.id] = {
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
            headers = _headers(delivery.secret, delivery.raw, delivery.signed)
            answer = self._http.post(delivery.url, content=delivery.raw, headers=headers)
            delivery.status, delivery.error = answer.status_code, ""
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            delivery.status, delivery.error = 0, f"{type(error).__name__}: {error}"
        delivery.took = time.monotonic() - began
        over = delivery.taken or time.time() - delivery.at > GIVE_UP
        if over:
            with self._world.lock:
                self._world.undelivered.pop(delivery.id, None)
        self.attempts.append(delivery)
        if self.on_attempt:
            self.on_attempt(delivery)
        if delivery.taken and delivery.done:
            delivery.done(delivery)
        if not over:
            delivery.signed = "right" if delivery.signed == "wrong" else delivery.signed
            self._queue(delivery, min(LONGEST_PAUSE, self._backoff * 2 ** (delivery.attempts - 1)))

    def _subscribers(self, body: Payload) -> list[tuple[str, str]]:
        """(address, secret) of all that any entry of this body concerns."""
        found: dict[tuple[str, str], None] = {}
        with self._world.lock:
            for entry in body["entry"]:
                account = self._world.accounts.get(entry["id"])
                number_ids = {
                    (each["value"].get("metadata") or {}).get("phone_number_id") for each in entry["changes"]
                }
                for app_id in account.subscribed if account else ():
                    app = self._world.apps[app_id]
                    for number_id in number_ids:
                        if url := self._callback(app, str(account.id if account else ""), number_id):
                            found[url, app.secret] = None
        return list(found)

    def _callback(self, app: App, waba_id: str, number_id: Any) -> str | None:
        number = self._world.numbers.get(number_id)
        if number and number.callback:
            return number.callback[0]
        override = self._world.accounts[waba_id].subscribed[app.id]
        return override[0] if override else app.callback_url


def _headers(secret: str, raw: bytes, signature: str | None) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua", "Accept": "*/*"}
    if signature == "right":
        headers["X-Hub-Signature-256"] = payloads.signature(secret, raw)
    elif signature == "wrong":
        headers["X-Hub-Signature-256"] = payloads.signature(secret + "!", raw)
    elif signature is not None:
        headers["X-Hub-Signature-256"] = signature
    return headers
