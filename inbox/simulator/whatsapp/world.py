"""What the simulated Meta knows of WhatsApp: apps, accounts, numbers, templates, and its customers."""

from dataclasses import dataclass, field

from inbox.simulator import world
from inbox.simulator.web import Payload
from inbox.simulator.whatsapp import defaults
from inbox.simulator.whatsapp.payloads import Receiver, Sender

ENTRY_POINT = 72 * 3600.0  # free after a click on an ad


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
class Customer(world.Customer):
    """`hides_phone`: webhooks carry the BSUID only. `has_user_id`: False is how webhooks looked before 2026."""

    phone: str | None = None
    user_id: str = ""
    parent_user_id: str | None = None
    hides_phone: bool = False
    has_user_id: bool = True
    on_whatsapp: bool = True
    stopped_marketing: bool = False

    def sender(self) -> Sender:
        return Sender(
            self.name,
            phone=None if self.hides_phone else self.phone,
            user_id=self.user_id if self.has_user_id else None,
            username=self.username,
            parent_user_id=self.parent_user_id,
        )


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


class World(world.World[Customer]):
    customer_type = Customer
    tables = {"apps": App, "accounts": Account, "numbers": Number, "templates": Template}

    apps: dict[str, App]
    accounts: dict[str, Account]
    numbers: dict[str, Number]
    templates: dict[str, Template]

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

    def customer_by(self, *, phone: str | None = None, user_id: str | None = None) -> Customer | None:
        for customer in self.customers.values():
            if (phone and same_phone(customer.phone, phone)) or (
                user_id and user_id in (customer.user_id, customer.parent_user_id)
            ):
                return customer
        return None


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
