"""What one provider knows: its customers with their phones, their conversations, and tables of its own.

All of it is plain data, kept in memory under one lock and, where a file is given, written there by atomic replace.
"""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Generic, TypeVar

from inbox.simulator.web import Payload

WINDOW = 24 * 3600.0
SHOWN = 300  # messages of one conversation that are kept


@dataclass
class Customer:
    """A person with a phone, who writes with one app.

    `reads`: "open" when the page shows the chat, "always" at once, "never". `phone_on`: else messages wait.
    """

    id: str
    name: str
    username: str | None = None
    reads: str = "open"
    phone_on: bool = True
    at: float = 0.0


@dataclass
class Message:
    """One bubble. `origin`: "customer" or "business". `line_id`: the business's account. `reactions`: origin → emoji.

    `type` and `content` are those of WhatsApp's API, which all providers' fakes use for what the page shows.
    `status` of a business's: accepted, sent, delivered, read, played, failed; of a customer's: sent, delivered (the
    webhook was taken), read (marked by the business).
    """

    id: str
    line_id: str
    customer_id: str
    origin: str
    type: str
    content: Any
    at: float
    status: str
    reply_to: str | None = None
    referral: Payload | None = None
    callback_data: str | None = None
    pricing: Payload | None = None
    error: list[Any] | None = None
    reactions: dict[str, str] = field(default_factory=dict)
    edited: bool = False
    revoked: bool = False
    forwarded: bool = False
    answered: str | None = None
    group: str | None = None  # of an album


@dataclass
class Conversation:
    """Between one line and one customer. `is_open`: the page shows it."""

    line_id: str
    customer_id: str
    last_inbound: float | None = None
    entry_point: float | None = None
    is_open: bool = False
    messages: list[Message] = field(default_factory=list)

    def window_open(self, now: float) -> bool:
        return self.last_inbound is not None and now - self.last_inbound < WINDOW


@dataclass
class Media:
    id: str
    mime_type: str
    sha256: str
    size: int
    filename: str | None
    at: float


CustomerT = TypeVar("CustomerT", bound=Customer)


class World(Generic[CustomerT]):
    """Take `lock` to read several things that must agree, and to write.

    A provider's own says which kind of customer it has, how their ids begin (unlike all others'), and its tables:
    attributes that hold dataclasses by their `id`.
    """

    customer_type: type[CustomerT]
    prefix = "c"
    tables: dict[str, type] = {}

    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.customers: dict[str, CustomerT] = {}
        self.media: dict[str, Media] = {}
        self.conversations: dict[tuple[str, str], Conversation] = {}
        self.messages: dict[str, Message] = {}
        self.undelivered: dict[str, Payload] = {}
        self.book: dict[str, str] = {}  # address → name, of people who have no phone on the page yet
        self.counters: dict[str, int] = {}
        for name in self.tables:
            setattr(self, name, {})
        self._path = path
        self._saving = threading.Lock()
        if path is not None and path.exists():
            self._load(json.loads(path.read_text()))

    def next_id(self, what: str, first: int = 1) -> int:
        """Counts up, also over restarts."""
        with self.lock:
            self.counters[what] = self.counters.get(what, first - 1) + 1
            return self.counters[what]

    def conversation(self, line_id: str, customer_id: str) -> Conversation:
        return self.conversations.setdefault((line_id, customer_id), Conversation(line_id, customer_id))

    def add_message(self, message: Message) -> Conversation:
        """Into its conversation; the oldest leaves."""
        talk = self.conversation(message.line_id, message.customer_id)
        talk.messages.append(message)
        self.messages[message.id] = message
        for old in talk.messages[:-SHOWN]:
            self.messages.pop(old.id, None)
        del talk.messages[:-SHOWN]
        return talk

    def of_customer(self, customer_id: str) -> Iterator[Conversation]:
        return (talk for talk in self.conversations.values() if talk.customer_id == customer_id)

    # The file

    def save(self) -> None:
        if self._path is None:
            return
        with self._saving:
            with self.lock:
                text = json.dumps(self._dump())
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new = self._path.with_suffix(".new")
            new.write_text(text)
            new.replace(self._path)

    def _kinds(self) -> dict[str, type]:
        return {"customers": self.customer_type, "media": Media, **self.tables}

    def _dump(self) -> Payload:
        return {
            **{name: [asdict(one) for one in getattr(self, name).values()] for name in self._kinds()},
            "conversations": [asdict(talk) for talk in self.conversations.values()],
            "undelivered": self.undelivered,
            "book": self.book,
            "counters": self.counters,
        }

    def _load(self, saved: Payload) -> None:
        for name, kind in self._kinds().items():
            for one in saved.get(name, []):
                getattr(self, name)[one["id"]] = kind(**known(kind, one))
        for one in saved.get("conversations", []):
            messages = [Message(**known(Message, each)) for each in one.pop("messages")]
            talk = Conversation(**known(Conversation, one), messages=messages)
            talk.is_open = False
            self.conversations[talk.line_id, talk.customer_id] = talk
            self.messages.update({message.id: message for message in messages})
        for name in ("undelivered", "book", "counters"):
            getattr(self, name).update(saved.get(name, {}))


def known(kind: type, saved: Payload) -> Payload:
    """The fields that this version has: an older file is read, a newer one too."""
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in saved.items() if name in names}


def now() -> float:
    return time.time()
