"""Telegram at work: what it does with what bots and customers send, and what happens a moment later."""

import secrets
from pathlib import Path
from typing import Any

from inbox.simulator import people
from inbox.simulator import provider as providers
from inbox.simulator.telegram import api, controls, face, mischief, updates
from inbox.simulator.telegram.errors import BotError
from inbox.simulator.telegram.phone import Phone
from inbox.simulator.telegram.webhooks import Webhooks
from inbox.simulator.telegram.world import RIGHTS, Bot, Connection, Customer, World
from inbox.simulator.web import Answer, Payload, Request
from inbox.simulator.webhooks import Delivery, Done
from inbox.simulator.world import Media, Message, now


class Provider(providers.Provider):
    key = "telegram"
    areas = ("messages", "media", "download", "api", "any")  # api: all other calls
    world: World
    webhooks: Webhooks
    controls = controls.ROUTES

    def __init__(self, site: providers.Site) -> None:
        super().__init__(site)
        self.world.add_defaults()
        self.queries: dict[str, str] = {}  # pressed buttons that wait for an answer
        self.sizes: dict[str, int] = {}  # of files that are larger at Telegram than here
        self.webhooks.on_attempt = self._attempted

    def make_world(self, path: Path | None) -> World:
        return World(path)

    def make_webhooks(self) -> Webhooks:
        return Webhooks(self.world, self.clock, backoff=self.site.backoff)

    def owns(self, request: Request) -> bool:
        return request.path.startswith(("/bot", "/file/bot"))

    def area_of(self, request: Request) -> tuple[str, str | None]:
        return api.area_of(request.path), None

    def answer(self, request: Request) -> Answer:
        return api.answer(self, request)

    def refusal(self, code: int, status: int | None) -> Answer:
        return BotError(code).answer()

    def phone(self, customer: Customer) -> Phone:
        return Phone(self, customer)

    def somebody(self, wanted: Payload) -> Customer:
        name = wanted.get("name") or people.somebody()["name"]
        return self.add_customer(
            name, username=wanted.get("username") or people.username(name).replace(".", "_")
        )

    def add_customer(self, name: str, **more: Any) -> Customer:
        more.setdefault("tg_id", 5_000_000_000 + secrets.randbelow(2**31))
        customer: Customer = super().add_customer(name, at=now(), **more)
        return customer

    def described(self, customer: Any) -> Payload:
        return {**super().described(customer), "user_id": str(customer.tg_id)}

    def lines(self) -> list[Payload]:
        """Bots, and the accounts that let them in."""
        with self.world.lock:
            found = [{"id": bot.id, "name": bot.name} for bot in self.world.bots.values()]
            return found + [{"id": one.id, "name": one.name} for one in self.world.connections.values()]

    def face(self) -> Payload:
        return face.FACE

    def mischief(self, kind: str, *, times: int = 1, customer_id: str | None = None) -> None:
        mischief.do(self, kind, times=times, customer_id=customer_id)

    def callback(self) -> str | None:
        return next((bot.url for bot in self.world.bots.values() if bot.url), None)

    def claimed_size(self, media: Media) -> int:
        return self.sizes.get(media.id, media.size)

    # What happens

    def send(self, bot: Bot, body: Payload, done: Done | None = None) -> None:
        self.webhooks.send(bot, body, done)

    def on_accepted(self, message: Message) -> None:
        """Bots get no receipts: the phone has it, or will have it, and nobody says so."""
        self.hub.publish("typing", line=message.line_id, customer=message.customer_id, on=False)
        self.tell(message)
        self.later(0.3, lambda: self._arrive(message))

    def phone_on(self, customer: Customer, on: bool) -> None:
        super().phone_on(customer, on)
        if on:
            with self.world.lock:
                waiting = [one for talk in self.world.of_customer(customer.id) for one in talk.messages]
            for message in waiting:
                self._arrive(message)

    def open_chat(self, line_id: str, customer: Customer, *, is_open: bool) -> None:
        super().open_chat(line_id, customer, is_open=is_open)
        with self.world.lock:
            talk = self.world.conversation(line_id, customer.id)
            waiting = [one for one in talk.messages if one.origin == "business" and one.status == "delivered"]
        for message in waiting if is_open else ():
            message.status = "read"
            self.tell(message)

    def on_read(self, message: Message) -> None:
        """The account read this and all before it."""
        with self.world.lock:
            talk = self.world.conversation(message.line_id, message.customer_id)
            read = [one for one in talk.messages if one.origin == "customer" and one.at <= message.at]
        for one in read[-20:]:
            one.status = "read"
            self.tell(one)

    def connect_account(
        self, connection_id: str, *, owner: int, name: str, username: str, bot_id: str, quietly: bool = False
    ) -> Connection:
        """An account lets the bot in. `quietly`: the bot is told nothing of it, as when nobody listened."""
        connection = Connection(connection_id, bot_id, owner, name, username, int(now()))
        self.world.connections[connection.id] = connection
        if not quietly:
            self.tell_of_connection(connection)
        self.changed()
        return connection

    def change_account(
        self, connection: Connection, *, rights: tuple[str, ...] = RIGHTS, is_enabled: bool = True
    ) -> None:
        connection.rights, connection.is_enabled = list(rights), is_enabled
        self.tell_of_connection(connection)
        self.changed()

    def tell_of_connection(self, connection: Connection) -> None:
        body = updates.update(business_connection=connection.described())
        self.send(self.world.bots[connection.bot_id], body)

    def _arrive(self, message: Message) -> None:
        customer = self.world.customers[message.customer_id]
        if message.origin == "business" and message.status == "accepted" and customer.phone_on:
            talk = self.world.conversation(message.line_id, message.customer_id)
            message.status = "read" if talk.is_open else "delivered"
            self.tell(message)

    def _attempted(self, delivery: Delivery) -> None:
        self.webhooks.note(delivery, int(now()))
        self.changed("link", app=self.key, link=self.link())
