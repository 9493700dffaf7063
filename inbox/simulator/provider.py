"""What every simulated provider is: a world, its webhooks, what goes wrong, and what it tells the page.

A folder beside this file is one provider: a subclass of `Provider`, of `phone.Phone` and of `handle.Handle`, and a line
in `simulator.Simulator`. It shares the server, the clock, the page and its news (`Site`) with the others, nothing else.
"""

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inbox.simulator.clock import Clock
from inbox.simulator.live import Hub
from inbox.simulator.misbehaviour import Fault, Faults
from inbox.simulator.store import Store
from inbox.simulator.web import Answer, BadBody, Payload, Request
from inbox.simulator.webhooks import Webhooks
from inbox.simulator.world import Customer, Message, World

if TYPE_CHECKING:
    from inbox.simulator.phone import Phone

SAVE_AFTER = 0.5
Control = tuple[
    str, str, Callable[..., Any]
]  # method, pattern after /control/apps/<key>/, handler(provider, body, …)


@dataclass
class Site:
    """What the providers of one process share.

    `pace`: seconds between the steps of a message; 0 in tests. `backoff`: the first pause before a webhook is tried
    again. `connections`: threads that deliver; with one, webhooks come in order. `snapshot`: worlds are kept in files.
    `window_answers`: outside 24 hours the request is refused; else it is taken and fails later, as Meta often does.
    `trusting`: what a business says of conversations from before this simulator is believed.
    """

    directory: Path
    pace: float = 0.0
    backoff: float = 1.0
    connections: int = 1
    snapshot: bool = False
    window_answers: bool = True
    trusting: bool = False
    base_url: str = ""
    hub: Hub = field(default_factory=Hub)
    news: threading.Condition = field(default_factory=threading.Condition)
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(self.connections)


class Provider(ABC):
    key: str  # "whatsapp": of its customers, its files and its part of the page
    areas: tuple[str, ...]  # kinds of calls that a fault may be for; "any" is all of them
    world: World[Any]
    webhooks: Webhooks
    controls: list[Control] = []  # what its control API has of its own

    def __init__(self, site: Site) -> None:
        self.site = site
        self.world = self.make_world(site.directory / f"{self.key}.json" if site.snapshot else None)
        self.webhooks = self.make_webhooks()
        self.webhooks.on_attempt = lambda _: self.changed("link", app=self.key, link=self.link())
        self.faults = Faults()
        self.store = Store(self.world, site.directory / "media")
        self.requests: deque[Payload] = deque(maxlen=1000)
        self._saving = threading.Event()

    # What a provider says of itself

    @abstractmethod
    def make_world(self, path: Path | None) -> World[Any]: ...

    @abstractmethod
    def make_webhooks(self) -> Webhooks: ...

    @abstractmethod
    def owns(self, request: Request) -> bool:
        """Whether this request of a business is for this provider: by its path, or by the objects it names."""

    @abstractmethod
    def area_of(self, request: Request) -> tuple[str, str | None]:
        """For the faults: what kind of call this is, and of which line."""

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """Do what is asked; an error is an answer too."""

    @abstractmethod
    def refusal(self, code: int, status: int | None) -> Answer:
        """The error `code`, as the provider words it."""

    @abstractmethod
    def phone(self, customer: Any) -> "Phone": ...

    @abstractmethod
    def somebody(self, wanted: Payload) -> Customer:
        """A new customer; what is not wanted in particular is made up."""

    @abstractmethod
    def lines(self) -> list[Payload]:
        """The business's accounts that a customer may write to: id and name, the first one first."""

    @abstractmethod
    def face(self) -> Payload:
        """What the page shows of this provider: see `page/js/panel.js` and `attach.js`.

        name, hue; faults: [words, fault]; mischief: kinds; things: what can be attached; switches: of a customer; acts:
        [words, act, arguments?]; revokes, window: whether it has such things; invent: [words, icon, what is wanted],
        the ways to make somebody up; values: what one pastes in Cauce. Words are keys of `page/words.json`.
        """

    @abstractmethod
    def mischief(self, kind: str, *, times: int = 1, customer_id: str | None = None) -> None:
        """Webhooks no receiver likes. Raises KeyError where there is no such kind."""

    def callback(self) -> str | None:
        """Where webhooks go, for the page."""
        return None

    # The site

    @property
    def clock(self) -> Clock:
        return self.site.clock

    @property
    def hub(self) -> Hub:
        return self.site.hub

    @property
    def pace(self) -> float:
        return self.site.pace

    @property
    def base_url(self) -> str:
        return self.site.base_url

    @property
    def trusting(self) -> bool:
        return self.site.trusting

    @property
    def news(self) -> threading.Condition:
        return self.site.news

    # Telling

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

    def tell_of(self, customer: Customer) -> None:
        self.changed("customer", customer=self.described(customer))

    def described(self, customer: Customer) -> Payload:
        return {**asdict(customer), "app": self.key}

    def link(self) -> Payload:
        """Whether the receiver takes what it gets, for the page: waiting bodies, and the last attempt."""
        last = self.webhooks.attempts[-1] if self.webhooks.attempts else None
        with self.world.lock:
            return {
                "callback": self.callback(),
                "waiting": len(self.world.undelivered),
                "taken": last.taken if last else None,
                "status": last.status if last else None,
                "error": last.error if last else "",
            }

    def listed_faults(self) -> list[Payload]:
        return [{**one, "app": self.key} for one in self.faults.listed()]

    def record(self, request: Request) -> None:
        """Keep what was asked of it, for tests to read."""
        try:
            self.requests.append(request.json())
        except BadBody:
            self.requests.append({"raw": request.body})

    # Customers and their phones

    def add_customer(self, name: str, **more: Any) -> Any:
        with self.world.lock:
            customer_id = f"{self.world.prefix}{len(self.world.customers) + 1}"
            customer = self.world.customer_type(id=customer_id, name=name, **more)
            self.world.customers[customer_id] = customer
        self.tell_of(customer)
        return customer

    def phone_on(self, customer: Any, on: bool) -> None:
        """What came while it was off is delivered when it is on again."""
        customer.phone_on = on
        self.tell_of(customer)

    def open_chat(self, line_id: str, customer: Any, *, is_open: bool) -> None:
        """The page shows this chat, or no longer."""
        with self.world.lock:
            self.world.conversation(line_id, customer.id).is_open = is_open

    def close_chats(self) -> None:
        """The last page went away: nobody is reading."""
        with self.world.lock:
            for talk in self.world.conversations.values():
                talk.is_open = False

    def play(self, message: Message) -> None:
        """A voice message was listened to. Few providers tell the business."""
        self.tell(message)

    def later(self, steps: float, do: Callable[[], None]) -> None:
        self.clock.after(self.pace * steps, do)

    def failed(self, fault: Fault) -> Answer | None:
        """What is said instead; None where nothing is."""
        if fault.kind in ("garbage", "empty"):
            return Answer(b"" if fault.kind == "empty" else b'{"messages": [{"id": "wamid.')
        if fault.kind not in ("error", "status", "accept_then_error"):
            return None
        if fault.code is not None:
            return self.refusal(fault.code, fault.status)
        status = fault.status or 500
        return Answer(f"<html><body><h1>{status}</h1></body></html>".encode(), status, "text/html")

    def _save(self) -> None:
        self._saving.clear()
        self.world.save()
