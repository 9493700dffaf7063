"""The live process as it is served, and a browser's end of a stream."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlencode

from crm.embedded.readiness import free_port
from crm.embedded.redis import RedisServer
from crm.live import signals
from tests import databases

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Event:
    name: str
    data: dict[str, Any]
    id: int


class LiveProcess:
    """granian with crm.live.asgi, on a port of its own."""

    def __init__(self, redis_url: str, log: Path, **environment: str) -> None:
        self.port = free_port()
        self.log = log
        self._environment = {
            **os.environ,
            "CAUCE_PROCESS": "live",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": databases.url(),
            "REDIS_URL": redis_url,
            "LOG_FORMAT": "text",
            **environment,
        }

        self._connections: list[socket.socket] = []

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--workers", "1"]
        command += ["--backpressure", "10000", "--workers-kill-timeout", "3"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "crm.live.asgi:application"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        until(self._is_ready, 30)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.hang_up()

    def hang_up(self) -> None:
        """Close every connection of the test."""
        for connection in self._connections:
            with suppress(OSError):  # the server may have been first; a reader in its recv would keep it open
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._connections.clear()

    def health(self) -> dict[str, Any]:
        try:
            _status, _headers, body = self.get("/live/healthz")
        except OSError:
            return {}
        answer: dict[str, Any] = json.loads(body)
        return answer

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return bool(self.health().get("redis"))

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, head and body of an answer that ends."""
        with self.connect(path, headers) as connection:
            connection.settimeout(5)
            raw = b""
            while part := connection.recv(65536):
                raw += part
        head, _, body = raw.partition(b"\r\n\r\n")
        return int(head.split()[1]), head.decode().lower(), body.decode()

    def connect(self, path: str, headers: dict[str, str] | None = None, buffer: int = 0) -> socket.socket:
        connection = socket.socket()
        if buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._connections.append(connection)
        connection.connect(("127.0.0.1", self.port))
        extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{extra}\r\n".encode()
        )
        return connection

    def listen(self, token: str, **query: str) -> "Listener":
        return Listener(self.connect(address(token, **query)))


class Listener:
    """Reads a stream as a browser does, in a thread."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.head = ""  # of the answer, for whoever reads why it ended
        self._events: Queue[Event | None] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def next(self, seconds: float = 5) -> Event | None:
        """The next event; None when the stream has ended. Raises TimeoutError."""
        try:
            return self._events.get(timeout=seconds)
        except Empty:
            raise TimeoutError from None

    def until(self, name: str, seconds: float = 5) -> Event:
        """The next event of this name; others are passed over."""
        deadline = time.monotonic() + seconds
        while True:
            event = self.next(max(0.01, deadline - time.monotonic()))
            assert event is not None, f"the stream ended before {name}: {self.head}"
            if event.name == name:
                return event

    def is_silent(self, seconds: float = 0.3) -> bool:
        try:
            self.next(seconds)
        except TimeoutError:
            return True
        return False

    def close(self) -> None:
        self._connection.shutdown(socket.SHUT_RDWR)

    def _read(self) -> None:
        text = ""
        try:
            while part := self._connection.recv(65536):
                text += part.decode()
                self.head = self.head or text[:400]
                *blocks, text = text.split("\n\n")
                for block in blocks:
                    self._parse(block)
        except OSError:
            text = ""  # closed by the test
        self._events.put(None)

    def _parse(self, block: str) -> None:
        fields = dict(line.partition(": ")[::2] for line in block.splitlines() if ": " in line)
        if "event" in fields:
            self._events.put(Event(fields["event"], json.loads(fields["data"]), int(fields["id"])))


def address(token: str, **query: str) -> str:
    return f"/live/stream?{urlencode({'token': token, **query})}"


def until(condition: Any, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


@contextmanager
def publishing_to(redis: RedisServer, settings) -> Iterator[None]:
    """Signals of this process go to that server meanwhile."""
    settings.REDIS_URL = redis.url
    signals._client.cache_clear()
    signals.publisher = signals.Publisher()
    yield
    signals._client().close()
    signals._client.cache_clear()
    signals.publisher = signals.Publisher()
