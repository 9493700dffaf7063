"""What the simulator knows: one provider's apps, accounts and numbers, and the customers with their phones.

All of it is plain data, kept in memory under one lock and, where a file is given, written there by atomic replace.
"""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from inbox.simulator import defaults
from inbox.simulator.payloads import Payload, Receiver, Sender

WINDOW = 24 * 3600.0
ENTRY_POINT = 72 * 3600.0  # free after a click on an ad
SHOWN = 300  # messages of one conversation that are kept


@dataclass
class App:
    """An app of the developer's dashboard. `wabas`: what its token may reach."""

    id: str
    name: str
    secret: str
    token: str
    wabas: list[str]
    token_valid: bool = True
    callback_url: str | None = None
    verify_token: str | None = None


@dataclass
class Account:
    """A WhatsApp Business Account. `subscribed`: app id → its override (callback, token), both empty without one."""

    id: str
    name: str
    subscribed: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Number:
    """A business number. `callback`: its own override of the webhook, the strongest. `rate`: messages per second."""

    id: str
    display: str
    verified_name: str
    waba_id: str
    registered: bool = True
    callback: list[str] = field(default_factory=list)
    rate: int | None = None

    def receiver(self) -> Receiver:
        return Receiver(self.id, self.display, self.waba_id)


@dataclass
class Customer:
    """A person with a phone.

    `hides_phone`: webhooks carry the BSUID only. `has_user_id`: False is how webhooks looked before 2026.
    `reads`: "open" when the page shows the chat, "always" at once, "never". `phone_on`: else messages wait at one tick.
    """

    id: str
    name: str
    phone: str | None
    user_id: str
    username: str | None = None
    parent_user_id: str | None = None
    hides_phone: bool = False
    has_user_id: bool = True
    reads: str = "open"
    phone_on: bool = True
    on_whatsapp: bool = True
    stopped_marketing: bool = False
    at: float = 0.0

    def sender(self) -> Sender:
        return Sender(
            self.name,
            phone=None if self.hides_phone else self.phone,
            user_id=self.user_id if self.has_user_id else None,
            username=self.username,
            parent_user_id=self.parent_user_id,
        )


@dataclass
class Message:
    """One bubble. `origin`: "customer" or "business". `reactions`: origin → emoji.

    `status` of a business's: accepted, sent, delivered, read, played, failed; of a customer's: sent, delivered (the
    webhook was taken), read (marked by the business).
    """

    id: str
    number_id: str
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


@dataclass
class Conversation:
    """Between one number and one customer. `is_open`: the page shows it."""

    number_id: str
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


@dataclass
class Template:
    id: str
    waba_id: str
    name: str
    language: str
    category: str
    status: str
    components: list[Payload]
    parameter_format: str = "POSITIONAL"
    rejected_reason: str = "NONE"
    quality: str = "GREEN"


KINDS: dict[str, type] = {
    "apps": App,
    "accounts": Account,
    "numbers": Number,
    "customers": Customer,
    "media": Media,
    "templates": Template,
}


class World:
    """Take `lock` to read several things that must agree, and to write."""

    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.apps: dict[str, App] = {}
        self.accounts: dict[str, Account] = {}
        self.numbers: dict[str, Number] = {}
        self.customers: dict[str, Customer] = {}
        self.media: dict[str, Media] = {}
        self.templates: dict[str, Template] = {}
        self.conversations: dict[tuple[str, str], Conversation] = {}
        self.messages: dict[str, Message] = {}
        self.undelivered: dict[str, Payload] = {}
        self.book: dict[str, str] = {}  # bare phone → name, of people who have no phone on the page yet
        self._path = path
        self._saving = threading.Lock()
        if path is not None and path.exists():
            self._load(json.loads(path.read_text()))

    def add_defaults(self) -> None:
        """The app, account and two numbers of `defaults`, where they are not there yet."""
        with self.lock:
            waba = defaults.WABA_ID
            self.apps.setdefault(
                defaults.APP_ID,
                App(
                    defaults.APP_ID, defaults.APP_NAME, defaults.APP_SECRET, defaults.ACCESS_TOKEN, [waba],
                    verify_token=defaults.VERIFY_TOKEN,
                ),
            )  # fmt: skip
            self.accounts.setdefault(waba, Account(waba, defaults.WABA_NAME))
            for number in (
                Number(defaults.PHONE_NUMBER_ID, defaults.DISPLAY_PHONE_NUMBER, defaults.VERIFIED_NAME, waba),
                Number(
                    defaults.SECOND_PHONE_NUMBER_ID,
                    defaults.SECOND_DISPLAY_PHONE_NUMBER,
                    defaults.SECOND_VERIFIED_NAME,
                    waba,
                ),
            ):
                self.numbers.setdefault(number.id, number)

    def conversation(self, number_id: str, customer_id: str) -> Conversation:
        return self.conversations.setdefault((number_id, customer_id), Conversation(number_id, customer_id))

    def add_message(self, message: Message) -> Conversation:
        """Into its conversation; the oldest leaves."""
        talk = self.conversation(message.number_id, message.customer_id)
        talk.messages.append(message)
        self.messages[message.id] = message
        for old in talk.messages[:-SHOWN]:
            self.messages.pop(old.id, None)
        del talk.messages[:-SHOWN]
        return talk

    def customer_by(self, *, phone: str | None = None, user_id: str | None = None) -> Customer | None:
        for customer in self.customers.values():
            if (phone and same_phone(customer.phone, phone)) or (
                user_id and user_id in (customer.user_id, customer.parent_user_id)
            ):
                return customer
        return None

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

    def _dump(self) -> Payload:
        return {
            **{name: [asdict(one) for one in getattr(self, name).values()] for name in KINDS},
            "conversations": [asdict(talk) for talk in self.conversations.values()],
            "undelivered": self.undelivered,
            "book": self.book,
        }

    def _load(self, saved: Payload) -> None:
        for name, kind in KINDS.items():
            for one in saved.get(name, []):
                getattr(self, name)[one["id"]] = kind(**known(kind, one))
        for one in saved.get("conversations", []):
            messages = [Message(**known(Message, each)) for each in one.pop("messages")]
            talk = Conversation(**known(Conversation, one), messages=messages)
            talk.is_open = False
            self.conversations[talk.number_id, talk.customer_id] = talk
            self.messages.update({message.id: message for message in messages})
        self.undelivered = saved.get("undelivered", {})
        self.book = saved.get("book", {})


def known(kind: type, saved: Payload) -> Payload:
    """The fields that this version has: an older file is read, a newer one too."""
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in saved.items() if name in names}


def same_phone(one: str | None, other: str) -> bool:
    """Mexico's and Argentina's mobile digit may be there or not: the provider knows them as one."""
    return one is not None and bare(one) == bare(other)


def bare(phone: str) -> str:
    digits = "".join(sign for sign in phone if sign.isdigit())
    if digits.startswith("521") and len(digits) == 13:
        return "52" + digits[3:]
    if digits.startswith("549") and len(digits) == 13:
        return "54" + digits[3:]
    return digits


def now() -> float:
    return time.time()
