"""Meta's webhooks: to whom they go, and how they are signed.

A change of a number goes to the number's own callback, else to the account's override, else to the app's; one copy for
every app that is subscribed to the account, signed with that app's secret.
"""

import secrets
from typing import Any

import httpx

from inbox.simulator import webhooks
from inbox.simulator.clock import Clock
from inbox.simulator.web import Payload
from inbox.simulator.webhooks import Delivery, Done
from inbox.simulator.whatsapp import payloads
from inbox.simulator.whatsapp.world import App, World


class Webhooks(webhooks.Webhooks):
    def __init__(self, world: World, clock: Clock, *, backoff: float = 1.0) -> None:
        super().__init__(world, clock, backoff=backoff)
        self._world = world

    def send(self, body: Payload, done: Done | None = None) -> int:
        """To everyone who subscribed to what it is about; how many that are. `done` runs when one has taken it."""
        return self.deliver(self._subscribers(body), payloads.raw(body), done)

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
            self.queue(Delivery(str(app.callback_url), app.secret, raw, signature, done=done))
        return len(apps)

    def verify(self, url: str, token: str) -> str:
        return verify(self._http, url, token)

    def headers(self, secret: str, raw: bytes, signed: str | None) -> dict[str, str]:
        return meta_headers(secret, raw, signed)

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


def verify(http: httpx.Client, url: str, token: str) -> str:
    """The handshake: "" when the receiver echoed the challenge, else what is wrong, in Meta's words."""
    challenge = str(secrets.randbelow(2**31))
    asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
    try:
        answer = http.get(url, params=asked)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"curl_errno = 7; curl_error = {error}; HTTP Status Code = 0"
    if answer.status_code != 200:
        return f"HTTP Status Code = {answer.status_code}; HTTP Message = {answer.reason_phrase}"
    if answer.text != challenge:
        return f"HTTP Status Code = 200; The answer is {answer.text[:60]!r} instead of the challenge"
    return ""


def meta_headers(secret: str, raw: bytes, signed: str | None) -> dict[str, str]:
    """By which a receiver knows Meta."""
    headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua", "Accept": "*/*"}
    if signed == "right":
        headers["X-Hub-Signature-256"] = payloads.signature(secret, raw)
    elif signed == "wrong":
        headers["X-Hub-Signature-256"] = payloads.signature(secret + "!", raw)
    elif signed is not None:
        headers["X-Hub-Signature-256"] = signed
    return headers
