"""The live process: `CAUCE_PROCESS=live granian --interface asgi crm.live.asgi:application`.

Plain ASGI, two routes under LIVE_PATH: `stream?token=…` (of a guest: `?ticket=…`) and `healthz`. Django is set up for
its settings, signing and models; its request stack is not in the way of ten thousand connections that only wait.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("CAUCE_PROCESS", "live")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import DatabaseError  # noqa: E402
from django.http.request import validate_host  # noqa: E402

from crm.live.gate import RECHECK, Gate  # noqa: E402
from crm.live.hub import Hub  # noqa: E402
from crm.live.relay import relay  # noqa: E402
from crm.live.streams import Send, Stream  # noqa: E402
from crm.live.tokens import BadTokenError, Held, read, read_guest  # noqa: E402

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]

log = logging.getLogger(__name__)
hub = Hub()
gate = Gate()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] != "http":
        return
    elif scope["path"] == settings.LIVE_PATH + "stream" and scope["method"] == "GET":
        await _stream(scope, receive, send)
    elif scope["path"] == settings.LIVE_PATH + "healthz":
        await _answer(send, 200, {"streams": len(hub.streams), "redis": hub.is_listening})
    else:
        await _answer(send, 404, {})


async def _stream(scope: Scope, receive: Receive, send: Send) -> None:
    """A browser's stream.

    1. The origin must be one of ours, the token good, the person not over their limit.
    2. The stream joins the hub before the database is asked, so that an `end` sent meanwhile finds it.
    3. Then it says what was missed since the page was made, and waits for the browser to leave or its own
    end.
    """
    origin = _header(scope, b"origin")
    if origin and not _is_ours(origin):
        return await _answer(send, 403, {"error": "origin"})
    query = parse_qs(scope["query_string"].decode("latin-1"))
    try:
        held = _held(query)
    except BadTokenError:
        return await _answer(send, 403, {"error": "token"}, origin)
    if not hub.has_room_for(held.holder):
        return await _answer(send, 429, {"error": "streams"}, origin)
    task = asyncio.current_task()
    assert task is not None
    stream = Stream(held, send, task)
    hub.add(stream)
    try:
        if not await gate.admits(held) or stream.ending:
            return await _answer(send, 403, {"error": "standing"}, origin)
        await _start(send, 200, b"text/event-stream", origin)
        stream.open()
        since = query.get("since", [""])[0] or _header(scope, b"last-event-id")
        hub.catch_up(stream, _milliseconds(since) or held.issued)
        while (await receive())["type"] != "http.disconnect":
            pass
    except asyncio.CancelledError:
        if not stream.ending:
            raise
        task.uncancel()
        await _close(send)
    except DatabaseError:
        await _answer(send, 503, {"error": "database"}, origin)
    finally:
        hub.remove(stream)


async def _live(receive: Receive, send: Send) -> None:
    """Start what runs beside the streams; stop it when the process ends. The server has closed the streams."""
    await receive()
    tasks = [
        asyncio.create_task(_for_ever("relay", lambda: relay(hub))),
        asyncio.create_task(_for_ever("tick", _tick)),
        asyncio.create_task(_for_ever("recheck", _recheck)),
    ]
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for task in tasks:
        task.cancel()
    await send({"type": "lifespan.shutdown.complete"})


async def _for_ever(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    while True:
        try:
            await work()
        except Exception:
            log.exception("Live's %s failed and starts again", name)
        await asyncio.sleep(1)


async def _tick() -> None:
    hub.tick()


async def _recheck() -> None:
    await asyncio.sleep(RECHECK)
    await gate.recheck(hub)


async def _answer(send: Send, status: int, body: dict[str, Any], origin: str = "") -> None:
    await _start(send, status, b"application/json", origin)
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


async def _start(send: Send, status: int, kind: bytes, origin: str) -> None:
    headers = [
        (b"content-type", kind),
        (b"cache-control", b"no-store, no-transform"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-accel-buffering", b"no"),
        (b"vary", b"Origin"),
    ]
    if origin:
        headers.append((b"access-control-allow-origin", origin.encode("latin-1")))
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _close(send: Send) -> None:
    try:
        async with asyncio.timeout(1):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    except Exception as error:  # noqa: BLE001 (already gone, or stuck: returning closes the connection)
        log.debug("A stream was not closed in form: %s", type(error).__name__)


def _held(query: dict[str, list[str]]) -> Held:
    """A member's pass, or a guest's. Raises BadTokenError."""
    return read_guest(query["ticket"][0]) if "ticket" in query else read(query.get("token", [""])[0])


def _is_ours(origin: str) -> bool:
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:
        return False
    return validate_host(f"[{host}]" if ":" in host else host, settings.ALLOWED_HOSTS)


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _milliseconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
