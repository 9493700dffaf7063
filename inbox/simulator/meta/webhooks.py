"""Meta's webhooks of pages and accounts: to the app's callback of the object, signed with that app's secret."""

from typing import TYPE_CHECKING, Any

from inbox.simulator import webhooks
from inbox.simulator.clock import Clock
from inbox.simulator.meta import payloads
from inbox.simulator.meta.world import World
from inbox.simulator.web import Payload
from inbox.simulator.webhooks import Delivery, Done
from inbox.simulator.whatsapp.webhooks import meta_headers, verify

if TYPE_CHECKING:
    from inbox.simulator.world import World as AnyWorld


class Webhooks(webhooks.Webhooks):
    def __init__(
        self, world: "AnyWorld[Any]", graph: World, clock: Clock, name: str, *, backoff: float = 1.0
    ) -> None:
        super().__init__(world, clock, backoff=backoff)
        self._graph = graph
        self._object = name

    def send(self, body: Payload, done: Done | None = None) -> int:
        """To every app that is subscribed to what the body is about."""
        found: dict[tuple[str, str], None] = {}
        with self._graph.lock:
            for entry in body["entry"]:
                pages = [one for one in self._graph.pages.values() if entry["id"] in (one.id, one.instagram)]
                for page in pages:
                    for app_id in page.subscribed:
                        app = self._graph.apps[app_id]
                        if callback := app.callbacks.get(self._object):
                            found[callback[0], app.secret] = None
        return self.deliver(list(found), payloads.raw(body), done)

    def send_raw(self, raw: bytes, *, signature: str | None = "right") -> int:
        """Any bytes to every app's callback."""
        with self._graph.lock:
            apps = [app for app in self._graph.apps.values() if self._object in app.callbacks]
        for app in apps:
            self.queue(Delivery(app.callbacks[self._object][0], app.secret, raw, signature))
        return len(apps)

    def verify(self, url: str, token: str) -> str:
        return verify(self._http, url, token)

    def headers(self, secret: str, raw: bytes, signed: str | None) -> dict[str, str]:
        return meta_headers(secret, raw, signed)
