"""The simulator as tests and `python -m inbox.simulator` hold it: one server, several providers."""

import os
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from inbox.simulator import meta, telegram, whatsapp
from inbox.simulator.provider import Provider, Site
from inbox.simulator.server import Server, stop
from inbox.simulator.web import NoSuchThing, Request

ALLOWING = ("DEMO", "DEBUG", "TESTING")


class NotAllowed(RuntimeError):
    """Production has no business with a simulator."""


def require_allowed() -> None:
    """Only where DEMO, DEBUG or TESTING says so, or in a test run."""
    said = any(os.environ.get(name, "").lower() in ("1", "true", "yes", "on") for name in ALLOWING)
    if not said and "PYTEST_VERSION" not in os.environ:
        raise NotAllowed("The simulator runs only where DEMO, DEBUG or TESTING is set.")


class Simulator:
    """`port` 0: any. `data`: where media and, with `snapshot`, the conversations stay; none: a directory that goes.

    `pace`, `backoff`, `connections`, `window_answers`, `trusting`: see `provider.Site`.
    """

    def __init__(
        self, port: int = 0, *, data: Path | None = None, snapshot: bool = False, **options: Any
    ) -> None:
        require_allowed()
        self._temporary = None if data else tempfile.TemporaryDirectory(prefix="cauce-simulator-")
        directory = data or Path(self._temporary.name if self._temporary else "")
        self.site = Site(directory, snapshot=snapshot, **options)
        self.whatsapp = whatsapp.Handle(whatsapp.Provider(self.site))
        self.telegram = telegram.Handle(telegram.Provider(self.site))
        messenger = meta.Messenger(self.site)
        self.messenger = meta.Handle(messenger)
        self.instagram = meta.Handle(meta.Instagram(self.site, messenger.graph))
        # The first is the page's; a request is the first one's that owns it, from the last.
        self.providers: list[Provider] = [
            self.whatsapp.provider,
            self.telegram.provider,
            self.messenger.provider,
            self.instagram.provider,
        ]
        self._server = Server(self, port)
        self.port: int = self._server.server_address[1]
        self.site.base_url = self.address
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        self.site.clock.start()
        for provider in self.providers:
            provider.webhooks.resume()
        self._thread.start()
        return self

    def stop(self) -> None:
        self.site.hub.close()
        stop(self._server)
        self._thread.join(timeout=5)
        self.site.clock.stop()
        for provider in self.providers:
            provider.webhooks.close()
            provider.world.save()
        if self._temporary:
            self._temporary.cleanup()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def named(self, key: str) -> Provider:
        for provider in self.providers:
            if provider.key == key:
                return provider
        raise NoSuchThing(key)

    def owner_of(self, request: Request) -> Provider:
        return next(one for one in reversed(self.providers) if one.owns(request))
