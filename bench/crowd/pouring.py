"""Webhooks at a steady rate, signed, each of a message of somebody else."""

import asyncio
import hashlib
import hmac
import itertools
import json
import random
import time
from typing import Any

from bench.crowd.record import Record
from bench.crowd.wire import Server

CONNECTIONS = 32  # of the provider: more than wait at once
PATIENCE = 20  # seconds of a provider
WORDS = [f"palabra{n}" for n in range(400)]
_number = itertools.count()


async def pour(
    web: int, said: dict[str, Any], secret: str, record: Record, *, rate: float, seconds: float
) -> tuple[list[float], int]:
    """Milliseconds of each webhook's answer, and how many had none in time. They leave on time, answered or not."""
    server = Server(web, "", most=CONNECTIONS)
    senders = list(said["senders"].items())
    took: list[float] = []

    async def one(sender: str, lead: int) -> None:
        body = _body(said["number"], sender)
        signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
        record.written[lead] = began = time.monotonic()
        status, _text = await server.ask("POST", f"/hooks/meta/{said['app']}/", headers, body)
        if status != 200:
            raise RuntimeError(f"the webhook was answered with {status}")
        took.append((time.monotonic() - began) * 1000)

    began = time.monotonic()
    tasks = set()
    for turn in range(int(rate * seconds)):
        await asyncio.sleep(max(0, began + turn / rate - time.monotonic()))
        # Neighbours have the same assignee: a step that shares no factor with how many there are.
        tasks.add(asyncio.create_task(one(*senders[next(_number) * 617 % len(senders)])))
    answered, waiting = await asyncio.wait(tasks, timeout=PATIENCE)
    for task in answered:
        task.result()  # raises what it raised
    for task in waiting:
        task.cancel()
    server.close()
    return took, len(waiting)


def _body(number: str, sender: str) -> bytes:
    message = {
        "from": sender, "id": f"wamid.{random.getrandbits(160):x}", "timestamp": str(int(time.time())), "type": "text",
        "text": {"body": " ".join(random.choices(WORDS, k=18))},
    }  # fmt: skip
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": number}, "messages": [message]}
    change = {"field": "messages", "value": value}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "W", "changes": [change]}]}
    ).encode()
