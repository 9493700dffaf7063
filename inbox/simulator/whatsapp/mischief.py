"""Webhooks no receiver likes, on demand. What they say of the receiver: 200 or 403, but never twice and never lost.

duplicate           the next ones come twice
reorder             the next ones wait for each other and come in reverse
wrong_signature     the next ones are first signed with another secret
malformed           JSON that ends in the middle, rightly signed
wrong_types         numbers, lists and nulls where the provider writes objects
unknown_receiver    for a number and an account that nobody has
unknown_type        a message of a type of next year
unknown_field       a change of a field of next year
batch               40 messages of one customer in one body
huge                3 MB in one body, a thousand messages
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from inbox.simulator.web import Payload
from inbox.simulator.whatsapp import payloads
from inbox.simulator.whatsapp.payloads import Receiver

if TYPE_CHECKING:
    from inbox.simulator.whatsapp.provider import Provider
    from inbox.simulator.whatsapp.world import Customer

MB = 1024 * 1024


def do(provider: Provider, kind: str, *, times: int = 1, customer_id: str | None = None) -> None:
    """Raises KeyError where there is no such kind."""
    hooks = provider.webhooks
    armed: dict[str, Callable[[int], None]] = {
        "duplicate": hooks.double,
        "reorder": lambda count: hooks.hold(max(2, count)),
        "wrong_signature": hooks.misign,
    }
    if kind in armed:
        armed[kind](times)
        return
    if kind == "malformed":
        hooks.send_raw(payloads.raw(payloads.text("a medias"))[:-9])
        return
    customer = provider.world.customers.get(customer_id or "") or _anybody(provider)
    for body in BODIES[kind](provider, customer):
        hooks.send_raw(json.dumps(body).encode() if kind == "wrong_types" else payloads.raw(body))


def _anybody(provider: Provider) -> Customer:
    with provider.world.lock:
        if provider.world.customers:
            return next(iter(provider.world.customers.values()))
    return provider.add_customer("Ana Ruiz", phone="5215512345678")


def _number(provider: Provider) -> Receiver:
    return next(iter(provider.world.numbers.values())).receiver()


def wrong_types(provider: Provider, customer: Customer) -> list[object]:
    good = payloads.text("Hola", sender=customer.sender(), number=_number(provider))
    value = good["entry"][0]["changes"][0]["value"]
    return [
        {**good, "entry": None},
        {**good, "entry": [{"id": 7, "changes": "messages"}]},
        payloads.change("messages", {**value, "messages": {"id": 1}}),
        payloads.change(
            "messages", {**value, "messages": [{**value["messages"][0], "text": "Hola", "id": 5}]}
        ),
        payloads.change("messages", {**value, "contacts": [None], "metadata": []}),
        [],
    ]


def unknown_receiver(provider: Provider, customer: Customer) -> list[Payload]:
    nobody = Receiver("999999999999999", "+1 555 000 0000", "999999999999998")
    return [payloads.text("¿Hay alguien?", sender=customer.sender(), number=nobody)]


def unknown_type(provider: Provider, customer: Customer) -> list[Payload]:
    content = {"scent": "lavanda", "strength": 3}
    return [payloads.message("hologram", content, sender=customer.sender(), number=_number(provider))]


def unknown_field(provider: Provider, customer: Customer) -> list[Payload]:
    return [payloads.change("mood_update", {"mood": "calm"}, waba_id=_number(provider).waba_id)]


def batch(provider: Provider, customer: Customer) -> list[Payload]:
    number = _number(provider)
    many = [
        payloads.text(f"Mensaje {n} de 40", sender=customer.sender(), number=number) for n in range(1, 41)
    ]
    return [payloads.batch(*many)]


def huge(provider: Provider, customer: Customer) -> list[Payload]:
    number = _number(provider)
    words = "Tres megas de palabras. " * 120
    many = [payloads.text(f"{n}: {words}", sender=customer.sender(), number=number) for n in range(1, 1001)]
    body = payloads.batch(*many)
    messages = body["entry"][0]["changes"][0]["value"]["messages"]
    while len(payloads.raw(body)) > 3 * MB:
        del messages[-10:]
    return [body]


BODIES: dict[
    str, Callable[[Provider, Customer], list[object]] | Callable[[Provider, Customer], list[Payload]]
] = {
    "wrong_types": wrong_types,
    "unknown_receiver": unknown_receiver,
    "unknown_type": unknown_type,
    "unknown_field": unknown_field,
    "batch": batch,
    "huge": huge,
}
