"""Webhooks no receiver likes, on demand: see `inbox.simulator.whatsapp.mischief`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inbox.simulator.meta import payloads
from inbox.simulator.meta.phone import new_mid

if TYPE_CHECKING:
    from inbox.simulator.meta.provider import Provider
    from inbox.simulator.meta.world import Customer

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
    customer = provider.world.customers.get(customer_id or "") or _anybody(provider)
    line_id = provider.lines()[0]["id"]
    if kind == "malformed":
        hooks.send_raw(payloads.raw(_texts(provider, customer, line_id, ["a medias"]))[:-9])
        return
    for body in BODIES[kind](provider, customer, line_id):
        hooks.send_raw(json.dumps(body).encode())


def _anybody(provider: Provider) -> Customer:
    with provider.world.lock:
        if provider.world.customers:
            found: Customer = next(iter(provider.world.customers.values()))
            return found
    return provider.add_customer("Ana Ruiz")


def _texts(provider: Provider, customer: Customer, line_id: str, texts: list[str]) -> Any:
    elements = [payloads.message(customer.user_id, line_id, new_mid(), text=text) for text in texts]
    return payloads.body(provider.key, line_id, *elements)


def wrong_types(provider: Provider, customer: Customer, line_id: str) -> list[Any]:
    good = _texts(provider, customer, line_id, ["Hola"])
    entry = good["entry"][0]
    element = entry["messaging"][0]
    return [
        {**good, "entry": None},
        {**good, "entry": [7, {"id": line_id, "messaging": "Hola"}]},
        {
            **good,
            "entry": [
                {**entry, "messaging": [None, {**element, "message": "Hola"}, {**element, "sender": 5}]}
            ],
        },
        {**good, "entry": [{**entry, "messaging": [{**element, "message": {"mid": [], "text": {}}}]}]},
        [],
    ]


def unknown_receiver(provider: Provider, customer: Customer, line_id: str) -> list[Any]:
    return [_texts(provider, customer, "999999999999997", ["¿Hay alguien?"])]


def unknown_type(provider: Provider, customer: Customer, line_id: str) -> list[Any]:
    attachment = payloads.attachment("hologram", scent="lavanda")
    element = payloads.message(customer.user_id, line_id, new_mid(), attachments=[attachment])
    return [payloads.body(provider.key, line_id, element)]


def unknown_field(provider: Provider, customer: Customer, line_id: str) -> list[Any]:
    element = payloads.element(customer.user_id, line_id, mood={"mood": "calm"})
    changes = {"id": line_id, "time": 1, "changes": [{"field": "mood_update", "value": {"mood": "calm"}}]}
    body = payloads.body(provider.key, line_id, element)
    return [{**body, "entry": [*body["entry"], changes]}]


def batch(provider: Provider, customer: Customer, line_id: str) -> list[Any]:
    return [_texts(provider, customer, line_id, [f"Mensaje {n} de 40" for n in range(1, 41)])]


def huge(provider: Provider, customer: Customer, line_id: str) -> list[Any]:
    words = "Tres megas de palabras. " * 110
    return [_texts(provider, customer, line_id, [f"{n}: {words}" for n in range(1, 1001)])]


BODIES: dict[str, Callable[[Provider, Customer, str], list[Any]]] = {
    "wrong_types": wrong_types,
    "unknown_receiver": unknown_receiver,
    "unknown_type": unknown_type,
    "unknown_field": unknown_field,
    "batch": batch,
    "huge": huge,
}
