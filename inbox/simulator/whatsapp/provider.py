"""Meta at work, as far as WhatsApp goes: what it does with what businesses and customers send, and a moment later."""

import time
from collections import deque
from pathlib import Path
from typing import Any

from inbox.simulator import people
from inbox.simulator import provider as providers
from inbox.simulator.web import Answer, Payload, Request, as_json
from inbox.simulator.whatsapp import controls, face, graph, mischief, payloads
from inbox.simulator.whatsapp.errors import WINDOW_CLOSED, GraphError
from inbox.simulator.whatsapp.graph import media, templates
from inbox.simulator.whatsapp.payloads import new_user_id
from inbox.simulator.whatsapp.phone import Phone
from inbox.simulator.whatsapp.webhooks import Webhooks
from inbox.simulator.whatsapp.world import Customer, Number, Template, World
from inbox.simulator.world import Conversation, Message, now

ORDER = ("accepted", "sent", "delivered", "read", "played")


class Provider(providers.Provider):
    key = "whatsapp"
    areas = ("messages", "media", "download", "templates", "graph", "any")  # graph: all other calls
    world: World
    webhooks: Webhooks
    controls = controls.ROUTES

    def __init__(self, site: providers.Site) -> None:
        super().__init__(site)
        self.world.add_defaults()
        self.window_answers = site.window_answers
        self.uploads: dict[str, str] = {}
        self._sent_at: dict[str, deque[float]] = {}

    def make_world(self, path: Path | None) -> World:
        return World(path)

    def make_webhooks(self) -> Webhooks:
        return Webhooks(self.world, self.clock, backoff=self.site.backoff)

    def owns(self, request: Request) -> bool:
        """The Graph API's paths; whoever shares them names objects of its own and is asked before."""
        return True

    def area_of(self, request: Request) -> tuple[str, str | None]:
        return graph.area_of(self, request.method, request.path)

    def answer(self, request: Request) -> Answer:
        if request.path.startswith("/attachments/"):
            return media.download(self, request, request.path.removeprefix("/attachments/"))
        return graph.answer(self, request)

    def refusal(self, code: int, status: int | None) -> Answer:
        error = GraphError(code, "Made by the simulator.", status=status)
        return as_json(error.body(), error.status)

    def phone(self, customer: Customer) -> Phone:
        return Phone(self, customer)

    def somebody(self, wanted: Payload) -> Customer:
        given: Payload = {
            name: wanted[name] for name in ("name", "phone", "username", "hides_phone") if name in wanted
        }
        if not given.get("name"):
            given = {**people.somebody(hides_phone=bool(wanted.get("hides_phone"))), **given}
        return self.add_customer(**given)

    def lines(self) -> list[Payload]:
        with self.world.lock:
            return [{"id": one.id, "name": one.verified_name} for one in self.world.numbers.values()]

    def face(self) -> Payload:
        return face.FACE

    def mischief(self, kind: str, *, times: int = 1, customer_id: str | None = None) -> None:
        mischief.do(self, kind, times=times, customer_id=customer_id)

    def callback(self) -> str | None:
        return next((app.callback_url for app in self.world.apps.values() if app.callback_url), None)

    # Where webhooks go

    def connect(self, url: str, verify_token: str, *, app_id: str | None = None) -> str:
        """As set in Meta's dashboard: the callback, and every account subscribed. "" or what is wrong."""
        wrong = self.webhooks.verify(url, verify_token)
        if not wrong:
            self.assume(url, verify_token, app_id=app_id)
        return wrong

    def assume(self, url: str, verify_token: str, *, app_id: str | None = None) -> None:
        """The same without the handshake."""
        with self.world.lock:
            app = self.world.apps[app_id or next(iter(self.world.apps))]
            app.callback_url, app.verify_token = url, verify_token
            for waba_id in app.wabas:
                self.world.accounts[waba_id].subscribed.setdefault(app.id, [])
        self.changed("link", app=self.key, link=self.link())

    # Customers

    def add_customer(
        self, name: str, *, phone: str | None = None, user_id: str | None = None, **more: Any
    ) -> Customer:
        country = "MX" if not phone or phone.startswith("52") else COUNTRIES.get(phone[:2], "US")
        user_id = user_id or new_user_id(country)
        customer: Customer = super().add_customer(name, phone=phone, user_id=user_id, at=now(), **more)
        return customer

    # What the business sends

    def check_rate(self, number: Number) -> None:
        """80 a second in life; here only where the number has a `rate`."""
        if number.rate is None:
            return
        with self.world.lock:
            moments = self._sent_at.setdefault(number.id, deque())
            moment = time.monotonic()
            while moments and moment - moments[0] >= 1.0:
                moments.popleft()
            if len(moments) >= number.rate:
                raise GraphError(130429, "Cloud API message throughput has been reached.")
            moments.append(moment)

    def on_accepted(self, message: Message, *, fail: int | None = None) -> None:
        with self.world.lock:
            customer = self.world.customers[message.customer_id]
            talk = self.world.conversation(message.line_id, message.customer_id)
            if message.type == "reaction":
                self._react(message)
        self.hub.publish("typing", line=message.line_id, customer=message.customer_id, on=False)
        self.tell(message)
        code = fail or self._reason_to_fail(customer, talk, message)
        if code:
            self.later(0.6, lambda: self._fail(message, code))
        else:
            self.later(0.3, lambda: self._advance(message, "sent"))

    def _reason_to_fail(self, customer: Customer, talk: Conversation, message: Message) -> int | None:
        if not customer.on_whatsapp:
            return 131026
        marketing = message.type == "template" and message.content["category"] == "MARKETING"
        if marketing and customer.stopped_marketing:
            return 131050
        if message.type != "template" and not talk.window_open(message.at):
            return 131047
        return None

    def _react(self, message: Message) -> None:
        target = self.world.messages.get(message.content["message_id"])
        if target is None:
            return
        if emoji := message.content.get("emoji"):
            target.reactions["business"] = emoji
        else:
            target.reactions.pop("business", None)
        self.tell(target)

    def _advance(self, message: Message, status: str) -> None:
        """One step further, and the next one where phone and chat allow it."""
        customer = self.world.customers[message.customer_id]
        if message.status == "failed" or ORDER.index(message.status) >= ORDER.index(status):
            return
        message.status = status
        self._send_status(message, customer)
        if status == "sent" and customer.phone_on:
            self.later(0.5, lambda: self._advance(message, "delivered"))
        if status == "delivered" and self._is_reading(message, customer):
            self.later(0.7, lambda: self._advance(message, "read"))

    def _is_reading(self, message: Message, customer: Customer) -> bool:
        talk = self.world.conversation(message.line_id, message.customer_id)
        return customer.phone_on and (
            customer.reads == "always" or (customer.reads == "open" and talk.is_open)
        )

    def _fail(self, message: Message, code: int) -> None:
        error = GraphError(code)
        message.status = "failed"
        message.error = [code, error.title, WINDOW_CLOSED if code == 131047 else error.title]
        self._send_status(message, self.world.customers[message.customer_id])

    def _send_status(self, message: Message, customer: Customer) -> None:
        number = self.world.numbers[message.line_id]
        code, title, details = message.error or (0, "", "")
        body = payloads.status(
            message.id,
            message.status,
            to=customer.sender(),
            number=number.receiver(),
            error=(code, title, details) if message.error else None,
            callback_data=message.callback_data,
            pricing=None if message.status in ("failed", "read", "played") else message.pricing,
        )
        self.webhooks.send(body)
        self.tell(message)

    def on_read(self, message: Message, *, typing: bool) -> None:
        """The business read this and all before it."""
        with self.world.lock:
            talk = self.world.conversation(message.line_id, message.customer_id)
            read = [one for one in talk.messages if one.origin == "customer" and one.at <= message.at]
            for one in read:
                one.status = "read"
        for one in read[-20:]:
            self.tell(one)
        if typing:
            self.changed("typing", line=message.line_id, customer=message.customer_id, on=True)

    # The customer's phone

    def phone_on(self, customer: Customer, on: bool) -> None:
        """What came while it was off is delivered when it is on again."""
        super().phone_on(customer, on)
        if on:
            self._all(customer, "sent", "delivered")

    def open_chat(self, line_id: str, customer: Customer, *, is_open: bool) -> None:
        """The page shows this chat, or no longer. Shown, its messages are read."""
        super().open_chat(line_id, customer, is_open=is_open)
        if is_open and customer.reads != "never":
            self._all(customer, "delivered", "read", line_id=line_id)

    def play(self, message: Message) -> None:
        """A voice message was listened to."""
        self._advance(message, "played")

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

    # Templates

    def review(self, template: Template) -> None:
        """Somebody at the provider looks at it."""
        self.changed()
        event = "REJECTED" if "reject" in template.name or "rechaz" in template.name else "APPROVED"
        self.later(3.0, lambda: templates.decide(self, template, event))


COUNTRIES = {"54": "AR", "55": "BR", "56": "CL", "57": "CO", "51": "PE", "34": "ES", "59": "EC"}
