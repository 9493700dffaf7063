"""The simulator as tests and `python -m inbox.simulator` hold it."""

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from inbox.simulator import defaults, mischief, people
from inbox.simulator.graph import templates
from inbox.simulator.misbehaviour import Fault
from inbox.simulator.payloads import Payload
from inbox.simulator.phone import Phone
from inbox.simulator.provider import Provider
from inbox.simulator.server import Server, stop
from inbox.simulator.world import Account, App, Message, Number, Template

ALLOWING = ("DEMO", "DEBUG", "TESTING")
PATIENCE = 10.0


class NotAllowed(RuntimeError):
    """Production has no business with a simulator."""


def require_allowed() -> None:
    """Only where DEMO, DEBUG or TESTING says so, or in a test run."""
    said = any(os.environ.get(name, "").lower() in ("1", "true", "yes", "on") for name in ALLOWING)
    if not said and "PYTEST_VERSION" not in os.environ:
        raise NotAllowed("The simulator runs only where DEMO, DEBUG or TESTING is set.")


class Simulator:
    """`port` 0: any. `data`: where media and, with `snapshot`, the conversations stay; none: a directory that goes.

    `pace`, `backoff`, `connections`, `window_answers`: see `provider.Provider`.
    """

    def __init__(
        self, port: int = 0, *, data: Path | None = None, snapshot: bool = False, **options: Any
    ) -> None:
        require_allowed()
        self._temporary = None if data else tempfile.TemporaryDirectory(prefix="cauce-simulator-")
        directory = data or Path(self._temporary.name if self._temporary else "")
        self.provider = Provider(directory, snapshot=snapshot, **options)
        self.world = self.provider.world
        self.world.add_defaults()
        self._server = Server(self.provider, port)
        self.port: int = self._server.server_address[1]
        self.provider.base_url = self.address
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        self.provider.clock.start()
        self.provider.webhooks.resume()
        self._thread.start()
        return self

    def stop(self) -> None:
        self.provider.hub.close()
        stop(self._server)
        self._thread.join(timeout=5)
        self.provider.clock.stop()
        self.provider.webhooks.close()
        self.world.save()
        if self._temporary:
            self._temporary.cleanup()

    # Where it is

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        """For WHATSAPP_API_URL."""
        return f"{self.address}/{defaults.API_VERSION}"

    # The provider's side

    def connect(
        self, url: str, verify_token: str = defaults.VERIFY_TOKEN, *, app_id: str | None = None
    ) -> str:
        """Set the app's callback after the handshake and subscribe its accounts. "" or what was wrong with it."""
        return self.provider.connect(url, verify_token, app_id=app_id)

    def assume(
        self, url: str, verify_token: str = defaults.VERIFY_TOKEN, *, app_id: str | None = None
    ) -> None:
        self.provider.assume(url, verify_token, app_id=app_id)

    def add_app(self, app_id: str, *, secret: str, token: str, wabas: list[str] | None = None) -> App:
        """Another app; its accounts are made where they are missing."""
        app = App(app_id, f"App {app_id}", secret, token, wabas or [defaults.WABA_ID])
        with self.world.lock:
            self.world.apps[app.id] = app
            for waba_id in app.wabas:
                self.world.accounts.setdefault(waba_id, Account(waba_id, f"Cuenta {waba_id}"))
        return app

    def add_number(
        self, number_id: str, display: str, *, name: str = "Otra línea", waba_id: str = defaults.WABA_ID
    ) -> Number:
        number = self.world.numbers[number_id] = Number(number_id, display, name, waba_id)
        return number

    def add_template(
        self,
        name: str,
        body: str,
        *,
        language: str = "es_MX",
        category: str = "UTILITY",
        status: str = "APPROVED",
        waba_id: str = defaults.WABA_ID,
        **more: Any,
    ) -> Template:
        """One that exists already. `more`: header, footer (texts), buttons (as the API has them), example
        (values of the body's parameters), parameter_format.
        """
        parts: list[Payload] = []
        if "header" in more:
            header = more.pop("header")
            parts.append(
                header if isinstance(header, dict) else {"type": "HEADER", "format": "TEXT", "text": header}
            )
        example = {"example": {"body_text": [more.pop("example")]}} if "example" in more else {}
        parts.append({"type": "BODY", "text": body, **example})
        if "footer" in more:
            parts.append({"type": "FOOTER", "text": more.pop("footer")})
        if "buttons" in more:
            parts.append({"type": "BUTTONS", "buttons": more.pop("buttons")})
        with self.world.lock:
            template = Template(
                str(1500000000000001 + len(self.world.templates)), waba_id, name, language, category, status, parts,
                **more,
            )  # fmt: skip
            self.world.templates[template.id] = template
        return template

    def decide(self, template: Template, event: str) -> None:
        """APPROVED, REJECTED, PAUSED, DISABLED, …, with its webhook."""
        templates.decide(self.provider, template, event)

    # Customers

    def customer(self, name: str | None = None, *, phone: str | None = None, **more: Any) -> Phone:
        """A person, of `world.Customer`'s fields; somebody at random where no name is said. They read at once."""
        given: Payload = {"name": name, "phone": phone} if name else people.somebody()
        return Phone(self.provider, self.provider.add_customer(**{"reads": "always", **given, **more}))

    # What goes wrong

    def misbehave(self, kind: str, **more: Any) -> Fault:
        """See `misbehaviour`: code, status, times (1; None: until `behave`), area ("messages"), number_id, seconds."""
        return self.provider.faults.add(Fault(kind, **more))

    def behave(self) -> None:
        self.provider.faults.clear()

    def mischief(self, kind: str, *, times: int = 1) -> None:
        """See `mischief`: webhooks twice, in reverse, malformed, huge, …"""
        mischief.do(self.provider, kind, times=times)

    def expire_token(self, *, app_id: str = defaults.APP_ID, valid: bool = False) -> None:
        self.world.apps[app_id].token_valid = valid

    # What happened

    @property
    def sent(self) -> list[Message]:
        """What businesses sent and the provider took, oldest first."""
        with self.world.lock:
            found = [one for one in self.world.messages.values() if one.origin == "business"]
        return sorted(found, key=lambda one: one.at)

    @property
    def requests(self) -> list[Payload]:
        """Bodies that came to /messages, taken or not, read marks included; not those that met a fault before."""
        return list(self.provider.requests)

    def send(self, body: Payload) -> int:
        """Any body as a webhook, to whom it concerns; see `payloads`."""
        return self.provider.webhooks.send(body)

    def settle(self, seconds: float = PATIENCE) -> None:
        """Until every webhook was taken and nothing is under way. Raises TimeoutError."""
        if not self.provider.clock.settle(seconds):
            link = self.provider.link()
            raise TimeoutError(
                f"not settled after {seconds} s: {link['waiting']} webhooks wait; the last answer from"
                f" {link['callback']} was {link['status']} {link['error']}"
            )

    def wait_for(self, fits: Callable[[Message], bool], seconds: float = PATIENCE) -> Message:
        """The newest message that fits, as soon as there is one. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while True:
            with self.world.lock:
                for message in reversed(list(self.world.messages.values())):
                    if fits(message):
                        return message
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"no such message within {seconds} s")
            with self.provider.news:
                self.provider.news.wait(min(left, 0.1))
