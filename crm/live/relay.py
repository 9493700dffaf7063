"""From Redis to the hub: one subscription, for ever."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Any

import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from crm.live.hub import Hub
from crm.live.signals import channel_prefix

log = logging.getLogger(__name__)

# Seconds without a message until Redis is asked whether it is there; no answer in as long: it is not.
QUIET = 5.0
LONGEST_WAIT = 5.0


async def relay(hub: Hub) -> None:
    """Listen; when that ends, say so to the hub, wait a little, listen again."""
    wait = 0.1
    while True:
        try:
            await _listen(hub)
        except (redis.RedisError, OSError, TimeoutError) as error:
            if hub.is_listening:
                log.warning("Redis is not listened to any more: %s", type(error).__name__)
                wait = 0.1
        hub.deaf()
        await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311
        wait = min(wait * 2, LONGEST_WAIT)


async def _listen(hub: Hub) -> None:
    prefix = channel_prefix()
    client = redis.asyncio.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        encoding_errors="replace",
        socket_connect_timeout=QUIET,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),  # a silent reconnect inside the library would hide a gap
    )
    async with client, client.pubsub() as subscription:
        await subscription.psubscribe(prefix + "*")
        asked = False
        while True:
            message = await subscription.get_message(timeout=QUIET)
            if message is None:
                if asked:
                    raise TimeoutError
                await subscription.ping()
                asked = True
                continue
            asked = False
            _pass_on(hub, prefix, message)


def _pass_on(hub: Hub, prefix: str, message: dict[str, Any]) -> None:
    if message["type"] == "psubscribe":
        hub.listening()
        log.info("Listening to Redis")
    elif message["type"] == "pmessage":
        try:
            hub.heard(message["channel"].removeprefix(prefix), message["data"])
        except (ValueError, KeyError, TypeError, AttributeError):
            log.exception("A live message was not understood")
