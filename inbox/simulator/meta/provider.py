"""Messenger and Instagram at work: what they do with what businesses and customers send, and what happens later."""

import secrets
from abc import abstractmethod
from pathlib import Path
from typing import Any

from inbox.simulator import people
from inbox.simulator import provider as providers
from inbox.simulator.meta import face, graph, mischief, payloads
from inbox.simulator.meta.phone import Phone
from inbox.simulator.meta.webhooks import Webhooks
from inbox.simulator.meta.world import Customer, InstagramWorld, Page, World
from inbox.simulator.web import Answer, BadBody, Payload, Request, as_json
from inbox.simulator.webhooks import Done
from inbox.simulator.whatsapp.errors import GraphError
from inbox.simulator.world import Message, now

ORDER = ("accepted", "sent", "delivered", "read")


class Provider(providers.Provider):
    """graph: apps and pages, which both share."""

    areas = ("messages", "profile", "download", "graph", "any")
    graph: World
    webhooks: Webhooks
    prefix: str  # of its files' addresses
    object: str

    def __init__(self, site: providers.Site) -> None:
        super().__init__(site)
        self.ended: set[str] = set()  # files that can no longer be fetched

    def make_webhooks(self) -> Webhooks:
        return Webhooks(self.world, self.graph, self.clock, self.object, backoff=self.site.backoff)

    def area_of(self, request: Request) -> tuple[str, str | None]:
        return graph.area_of(request.method, request.path), None

    def answer(self, request: Request) -> Answer:
        return graph.answer(self, request)

    def refusal(self, code: int, status: int | None) -> Answer:
        subcodes = {10: 2018278, 551: 1545041}
        error = GraphError(code, "Made by the simulator.", status=status, subcode=subcodes.get(code))
        return as_json(error.body(), error.status)

    def phone(self, customer: Customer) -> Phone:
        return Phone(self, customer)

    def somebody(self, wanted: Payload) -> Customer:
        name = wanted.get("name") or people.somebody()["name"]
        return self.add_customer(name, username=wanted.get("username") or people.username(name))

    def add_customer(self, name: str, **more: Any) -> Customer:
        more.setdefault("user_id", str(7 * 10**15 + secrets.randbelow(2 * 10**15)))
        customer: Customer = super().add_customer(name, at=now(), **more)
        return customer

    def customer_by(self, user_id: str) -> Customer | None:
        return next((one for one in self.world.customers.values() if one.user_id == user_id), None)

    @abstractmethod
    def line_of(self, page: Page) -> str: ...

    @abstractmethod
    def is_too_long(self, text: str) -> bool: ...

    def mischief(self, kind: str, *, times: int = 1, customer_id: str | None = None) -> None:
        mischief.do(self, kind, times=times, customer_id=customer_id)

    def callback(self) -> str | None:
        found = (
            app.callbacks[self.object][0] for app in self.graph.apps.values() if self.object in app.callbacks
        )
        return next(found, None)

    def address_of(self, media_id: str) -> str:
        return f"{self.base_url}/{self.prefix}/cdn/{media_id}"

    def download(self, media_id: str) -> Answer:
        media = self.world.media.get(media_id)
        if media is None or media_id in self.ended:
            return Answer(b"URL signature expired", 403, "text/plain")
        return Answer(self.store.read(media_id), content_type=media.mime_type)

    # What happens

    def send(
        self, line_id: str, element: Payload, *, standby: bool = False, done: Done | None = None
    ) -> None:
        self.webhooks.send(payloads.body(self.key, line_id, element, standby=standby), done)

    def echo(self, message: Message, *, app_id: str, standby: bool = False, **content: Any) -> None:
        """What the business's side sent, told to all that listen."""
        customer = self.world.customers[message.customer_id]
        said = {"mid": message.id, "is_echo": True, "app_id": int(app_id), **content}
        element = payloads.element(message.line_id, customer.user_id, at=message.at, message=said)
        self.send(message.line_id, element, standby=standby)

    def on_accepted(self, message: Message, said: Payload, *, fail: int | None = None) -> None:
        self.hub.publish("typing", line=message.line_id, customer=message.customer_id, on=False)
        self.tell(message)
        page = self.graph.page_of(message.line_id)
        content: Payload = {"text": said["text"]} if "text" in said else {}
        if media_id := (message.content or {}).get("id"):
            content["attachments"] = [
                payloads.attachment(said["attachment"]["type"], url=self.address_of(media_id))
            ]
        if message.callback_data and not page.own:
            content["metadata"] = message.callback_data
        self.later(0.2, lambda: self.echo(message, app_id=page.app_id, **content))
        if fail is None:
            self.later(0.4, lambda: self._advance(message, "sent"))

    def on_action(self, customer: Customer, line_id: str, action: str) -> None:
        if action != "mark_seen":
            self.changed("typing", line=line_id, customer=customer.id, on=action == "typing_on")
            return
        with self.world.lock:
            talk = self.world.conversation(line_id, customer.id)
            seen = [one for one in talk.messages if one.origin == "customer"]
        for one in seen[-20:]:
            one.status = "read"
            self.tell(one)

    def phone_on(self, customer: Customer, on: bool) -> None:
        super().phone_on(customer, on)
        if on:
            self._all(customer, "sent", "delivered")

    def open_chat(self, line_id: str, customer: Customer, *, is_open: bool) -> None:
        super().open_chat(line_id, customer, is_open=is_open)
        if is_open and customer.reads != "never":
            self._all(customer, "delivered", "read", line_id=line_id)

    def _advance(self, message: Message, status: str) -> None:
        customer = self.world.customers[message.customer_id]
        if ORDER.index(message.status) >= ORDER.index(status):
            return
        message.status = status
        self.tell(message)
        self._tell_status(message, customer)
        if status == "sent" and customer.phone_on:
            self.later(0.4, lambda: self._advance(message, "delivered"))
        talk = self.world.conversation(message.line_id, customer.id)
        reads = customer.reads == "always" or (customer.reads == "open" and talk.is_open)
        if status == "delivered" and customer.phone_on and reads:
            self.later(0.6, lambda: self._advance(message, "read"))

    def _tell_status(self, message: Message, customer: Customer) -> None:
        what = self.status_of(message)
        if what:
            self.send(message.line_id, payloads.element(customer.user_id, message.line_id, **what))

    @abstractmethod
    def status_of(self, message: Message) -> Payload:
        """What the business is told of how far it came; nothing where that is not told."""

    def _all(self, customer: Customer, has: str, gets: str, *, line_id: str | None = None) -> None:
        with self.world.lock:
            waiting = [
                message
                for talk in self.world.of_customer(customer.id)
                if line_id in (None, talk.line_id)
                for message in talk.messages
                if message.origin == "business" and message.status == has
            ]
        for message in waiting:
            self._advance(message, gets)


class Messenger(Provider):
    key = "messenger"
    prefix = "meta"
    object = "page"
    world: World

    def make_world(self, path: Path | None) -> World:
        self.graph = World(path)
        self.graph.add_defaults()
        return self.graph

    def owns(self, request: Request) -> bool:
        return request.path.startswith("/meta/")

    def lines(self) -> list[Payload]:
        with self.world.lock:
            return [{"id": one.id, "name": one.name} for one in self.world.pages.values() if not one.own]

    def face(self) -> Payload:
        return face.MESSENGER

    def line_of(self, page: Page) -> str:
        return page.id

    def is_too_long(self, text: str) -> bool:
        return len(text) > 2000

    def status_of(self, message: Message) -> Payload:
        watermark = payloads.milliseconds(message.at)
        if message.status == "delivered":
            return {"delivery": {"mids": [message.id], "watermark": watermark}}
        return {"read": {"watermark": payloads.milliseconds()}} if message.status == "read" else {}


class Instagram(Provider):
    """Through a page, at Messenger's address, and by its own login."""

    key = "instagram"
    prefix = "instagram"
    object = "instagram"
    world: InstagramWorld

    def __init__(self, site: providers.Site, shared: World) -> None:
        self.graph = shared
        super().__init__(site)

    def make_world(self, path: Path | None) -> InstagramWorld:
        return InstagramWorld(path)

    def owns(self, request: Request) -> bool:
        """Its own host's; and at Facebook's what names a person of Instagram."""
        if request.path.startswith("/instagram/"):
            return True
        if not request.path.startswith("/meta/"):
            return False
        rest = graph.rest_of(request.path)
        if request.method == "GET":
            return self.customer_by(rest) is not None
        try:
            recipient = request.json().get("recipient") if rest.endswith("/messages") else None
        except BadBody:
            return False
        return isinstance(recipient, dict) and self.customer_by(str(recipient.get("id"))) is not None

    def lines(self) -> list[Payload]:
        with self.graph.lock:
            return [
                {"id": one.instagram, "name": f"@{one.username}"}
                for one in self.graph.pages.values()
                if one.instagram
            ]

    def face(self) -> Payload:
        return face.INSTAGRAM

    def line_of(self, page: Page) -> str:
        return page.instagram

    def is_too_long(self, text: str) -> bool:
        return len(text.encode()) > 1000

    def status_of(self, message: Message) -> Payload:
        """Only that it was seen."""
        return {"read": {"mid": message.id}} if message.status == "read" else {}
