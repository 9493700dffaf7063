"""Requests over one kept connection, ours and the floor's in turn, so that a drift of the machine meets both."""

import http.client
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

CSRF = "b" * 32  # of the double cookie: any value that both name


@dataclass(frozen=True)
class Visitor:
    """A connection to a server, as somebody who is signed in there."""

    connection: http.client.HTTPConnection
    session: str

    @classmethod
    def at(cls, port: int, session: str) -> "Visitor":
        return cls(http.client.HTTPConnection("127.0.0.1", port), session)

    def get(self, path: str) -> float:
        """Milliseconds until the whole answer is here. Anything but 200 is an error of the bench."""
        return self._ask("GET", path, None, {}, (200,))

    def hook(self, path: str, body: str, signature: str) -> float:
        """The same of a provider's webhook."""
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
        return self._ask("POST", path, body, headers, (200,))

    def post(self, path: str, data: Mapping[str, str]) -> float:
        """The same of a form sent by htmx; "<uuid>" among its values is a new one each time."""
        fresh = {name: str(uuid4()) if value == "<uuid>" else value for name, value in data.items()}
        headers = {
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": CSRF,
        }
        return self._ask("POST", path, urlencode(fresh), headers, (200, 201, 204))

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str], expected: Sequence[int]
    ) -> float:
        if "X-Hub-Signature-256" not in headers:  # a provider has no cookies
            headers["Cookie"] = f"cauce_session={self.session}; cauce_csrf={CSRF}"
        began = time.perf_counter()
        self.connection.request(method, path, body, {"Host": "127.0.0.1", **headers})
        response = self.connection.getresponse()
        answer = response.read()
        took = (time.perf_counter() - began) * 1000
        if response.status not in expected:
            raise RuntimeError(f"{method} {path} answered {response.status}: {answer[:300]!r}")
        return took
