"""The simulated Messenger or Instagram, as tests and `python -m inbox.simulator` hold it."""

from typing import Any

from inbox.simulator import handle
from inbox.simulator.meta import defaults
from inbox.simulator.meta.phone import Phone
from inbox.simulator.meta.provider import Provider
from inbox.simulator.meta.world import App, Page, World
from inbox.simulator.web import Payload
from inbox.simulator.world import World as AnyWorld


class Handle(handle.Handle[Phone]):
    provider: Provider

    @property
    def world(self) -> AnyWorld[Any]:
        return self.provider.world

    @property
    def graph(self) -> World:
        return self.provider.graph

    @property
    def api_url(self) -> str:
        """For META_API_URL."""
        return f"{self.address}/meta/{defaults.VERSION}"

    @property
    def own_api_url(self) -> str:
        """For INSTAGRAM_API_URL."""
        return f"{self.address}/instagram/{defaults.VERSION}"

    @property
    def app(self) -> App:
        return self.graph.apps[defaults.APP_ID]

    @property
    def page(self) -> Page:
        return self.graph.pages[defaults.PAGE_ID]

    @property
    def own(self) -> Page:
        """The account of Instagram's own login."""
        return self.graph.pages[defaults.OWN_ACCOUNT_ID]

    def assume(
        self, url: str, verify_token: str = defaults.VERIFY_TOKEN, *, page_id: str = defaults.PAGE_ID
    ) -> None:
        """As set in Meta's dashboard, without the handshake: the callback, and the page subscribed."""
        with self.graph.lock:
            page = self.graph.pages[page_id]
            app = self.graph.apps[page.app_id]
            app.callbacks[self.provider.object] = [url, verify_token]
            page.subscribed.setdefault(app.id, ["messages"])
        self.provider.changed("link", app=self.provider.key, link=self.provider.link())

    def expire_token(self, *, app_id: str = defaults.APP_ID, valid: bool = False) -> None:
        self.graph.apps[app_id].token_valid = valid

    def send(self, line_id: str, element: Payload, **how: Any) -> None:
        """Any event; see `payloads`."""
        self.provider.send(line_id, element, **how)
