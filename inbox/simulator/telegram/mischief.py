"""Updates no receiver likes, on demand: 2xx or 403, but never twice and never lost.

duplicate, reorder, wrong_secret    as with every provider
malformed                           JSON that ends in the middle, with the right secret
wrong_types                         numbers, lists and nulls where Telegram writes objects
unknown_connection                  of an account that nobody knows
unknown_update                      a kind of update of next year
batch                               40 messages of one customer, an update each
huge                                3 MB in one update
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from inbox.simulator.telegram import updates

if TYPE_CHECKING:
    from inbox.simulator.telegram.provider import Provider
    from inbox.simulator.telegram.world import Customer

MB = 1024 * 1024


def do(provider: Provider, kind: str, *, times: int = 1, customer_id: str | None = None) -> None:
    """Raises KeyError where there is no such kind."""
    hooks = provider.webhooks
    armed: dict[str, Callable[[int], None]] = {
        "duplicate": hooks.double,
        "reorder": lambda count: hooks.hold(max(2, count)),
        "wrong_secret": hooks.misign,
    }
    if kind in armed:
        armed[kind](times)
        return
    found = provider.world.customers.get(customer_id or "") or next(
        iter(provider.world.customers.values()), None
    )
    for raw in BODIES[kind](found or provider.somebody({})):
        hooks.send_raw(raw)


def malformed(customer: Customer) -> list[bytes]:
    return [updates.raw(updates.message(customer.user(), 1, text="a medias"))[:-9]]


def wrong_types(customer: Customer) -> list[bytes]:
    good = updates.message(customer.user(), 1, text="Hola")
    said = good["message"]
    bodies: list[object] = [
        [],
        {**good, "update_id": "x"},
        {**good, "message": None},
        {**good, "message": {**said, "chat": 7}},
        {**good, "message": {**said, "message_id": "uno", "text": 5}},
        {**good, "message": {**said, "from": [], "text": {"a": 1}}},
    ]
    return [json.dumps(body).encode() for body in bodies]


def unknown_connection(customer: Customer) -> list[bytes]:
    return [
        updates.raw(updates.business(customer.user(), 1, connection="nadieLaConoce", text="¿Hay alguien?"))
    ]


def unknown_update(customer: Customer) -> list[bytes]:
    return [updates.raw(updates.update(mood_changed={"mood": "calm"}))]


def batch(customer: Customer) -> list[bytes]:
    many = (updates.message(customer.user(), 5000 + n, text=f"Mensaje {n} de 40") for n in range(1, 41))
    return [updates.raw(body) for body in many]


def huge(customer: Customer) -> list[bytes]:
    return [
        updates.raw(updates.message(customer.user(), 4999, text="Tres megas de palabras. " * (3 * MB // 24)))
    ]


BODIES: dict[str, Callable[[Customer], list[bytes]]] = {
    "malformed": malformed,
    "wrong_types": wrong_types,
    "unknown_connection": unknown_connection,
    "unknown_update": unknown_update,
    "batch": batch,
    "huge": huge,
}
