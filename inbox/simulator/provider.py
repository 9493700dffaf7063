"""The provider at work: what it does with what businesses and customers send, and what happens a moment later."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from inbox.simulator import payloads
from inbox.simulator.clock import Clock
from inbox.simulator.errors import WINDOW_CLOSED, GraphError
from inbox.simulator.graph import templates
from inbox.simulator.live import Hub
from inbox.simulator.misbehaviour import Faults
from inbox.simulator.payloads import Payload, new_user_id
from inbox.simulator.store import Store
from inbox.simulator.web import Request
from inbox.simulator.webhooks import Webhooks
from inbox.simulator.world import Conversation, Customer, Message, Number, Template, World, now

ORDER = ("accepted", "sent", "delivered", "read", "played")
SAVE_AFTER = 0.5


class Provider:
    """`pace`: seconds between the steps of a message; 0 in tests.

    `window_answers`: outside 24 hours the request is refused; else it is taken and fails by status, as Meta often does.
    `trusting`: what a business says of conversations from before this simulator is believed (open windows, read marks).
    """

    def __init__(
        self,
        directory: Path,
        *,
        pace: float = 0.0,
        backoff: float = 1.0,
        connections: int = 1,
        snapshot: bool = False,
        window_answers: bool = True,
        trusting: bool = False,
    ) -> None:
        self.world = World(directory / "world.json" if snapshot else None)
        self.clock = Clock(connections)
        self.webhooks = Webhooks(self.world, self.clock, backoff=backoff)
        self.faults = Faults()
        self.hub = Hub()
        self.store = Store(self.world, directory / "media")
        self.pace = pace
        self.window_answers = window_answers
        self.trusting = trusting
        self.base_url = ""
        self.uploads: dict[str, str] = {}
        self.requests: deque[Payload] = deque(maxlen=1000)
        self.news = threading.Condition()
        self._sent_at: dict[str, deque[float]] = {}
        self._saving = threading.Event()
        self.webhooks.on_attempt = lambda _: self.changed("link", link=self.link())

    def changed(self, kind: str = "world", **data: object) -> None:
        """Tell the page and whoever waits, and save soon."""
        self.hub.publish(kind, **data)
        with self.news:
            self.news.notify_all()
        if not self._saving.is_set():
            self._saving.set()
            self.clock.after(SAVE_AFTER if self.pace else 0.0, self._save)

    def tell(self, message: Message) -> None:
        self.changed("message", message=asdict(message))

    def _save(self) -> None:
        self._saving.clear()
        self.world.save()

    def record(self, request: Request) -> None:
        """Keep what was asked of /messages, for tests to read."""
        try:
            self.requests.append(request.json())
        except GraphError:
            self.requests.append({"raw": request.body})

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
        self.changed("link", link=self.link())

    def link(self) -> Payload:
        """Whether the receiver takes what it gets, for the page: waiting bodies, and the last attempt."""
        last = self.webhooks.attempts[-1] if self.webhooks.attempts else None
        with self.world.lock:
            return {
                "callback": next(
                    (app.callback_url for app in self.world.apps.values() if app.callback_url), None
                ),
                "waiting": len(self.world.undelivered),
                "status": last.status if last else None,
                "error": last.error if last else "",
            }

    # Customers

    def add_customer(
        self, name: str, *, phone: str | None, user_id: str | None = None, **more: Any
    ) -> Customer:
        country = "MX" if not phone or phone.startswith("52") else COUNTRIES.get(phone[:2], "US")
        with self.world.lock:
            customer_id = f"c{len(self.world.customers) + 1}"
            customer = Customer(customer_id, name, phone, user_id or new_user_id(country), at=now(), **more)
            self.world.customers[customer_id] = customer
        self.changed("customer", customer=asdict(customer))
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
            talk = self.world.conversation(message.number_id, message.customer_id)
            if message.type == "reaction":
                self._react(message)
        self.hub.publish("typing", number=message.number_id, customer=message.customer_id, on=False)
        self.tell(message)
        code = fail or self._reason_to_fail(customer, talk, message)
        if code:
            self._later(0.6, lambda: self._fail(message, code))
        else:
            self._later(0.3, lambda: self._advance(message, "sent"))

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
            self._later(0.5, lambda: self._advance(message, "delivered"))
        if status == "delivered" and self._is_reading(message, customer):
            self._later(0.7, lambda: self._advance(message, "read"))

    def _is_reading(self, message: Message, customer: Customer) -> bool:
        talk = self.world.conversation(message.number_id, message.customer_id)
        return customer.phone_on and (
            customer.reads == "always" or (customer.reads == "open" and talk.is_open)
        )

    def _fail(self, message: Message, code: int) -> None:
        error = GraphError(code)
        message.status = "failed"
        message.error = [code, error.title, WINDOW_CLOSED if code == 131047 else error.title]
        self._send_status(message, self.world.customers[message.customer_id])

    def _send_status(self, message: Message, customer: Customer) -> None:
        number = self.world.numbers[message.number_id]
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
            talk = self.world.conversation(message.number_id, message.customer_id)
            read = [one for one in talk.messages if one.origin == "customer" and one.at <= message.at]
            for one in read:
                one.status = "read"
        for one in read[-20:]:
            self.tell(one)
        if typing:
            self.changed("typing", number=message.number_id, customer=message.customer_id, on=True)

    # The customer's phone

    def phone_on(self, customer: Customer, on: bool) -> None:
        """What came while it was off is delivered when it is on again."""
        customer.phone_on = on
        self.changed("customer", customer=asdict(customer))
        if on:
            self._all(customer, "sent", "delivered")

    def open_chat(self, number_id: str, customer: Customer, *, is_open: bool) -> None:
        """The page shows this chat, or no longer. Shown, its messages are read."""
        with self.world.lock:
            talk = self.world.conversation(number_id, customer.id)
            talk.is_open = is_open
        if is_open and customer.reads != "never":
            self._all(customer, "delivered", "read", number_id=number_id)

    def close_chats(self) -> None:
        """The last page went away: nobody is reading."""
        with self.world.lock:
            for talk in self.world.conversations.values():
                talk.is_open = False

    def play(self, message: Message) -> None:
        """A voice message was listened to."""
        self._advance(message, "played")

    def _all(self, customer: Customer, has: str, gets: str, *, number_id: str | None = None) -> None:
        with self.world.lock:
            waiting = [
                message
                for talk in self.world.of_customer(customer.id)
                if number_id in (None, talk.number_id)
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
        self._later(3.0, lambda: templates.decide(self, template, event))

    def _later(self, steps: float, do: Callable[[], None]) -> None:
        self.clock.after(self.pace * steps, do)


COUNTRIES = {"54": "AR", "55": "BR", "56": "CL", "57": "CO", "51": "PE", "34": "ES", "59": "EC"}
