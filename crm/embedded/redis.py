"""One Redis server of our own: nudges, cache and live signals. Nothing in it needs to survive."""

import secrets
import socket
import time
from pathlib import Path

from crm.embedded.binaries import redis_server
from crm.embedded.children import Child
from crm.embedded.errors import Refusal, explain
from crm.embedded.readiness import free_port

HOST = "127.0.0.1"
START_SECONDS = 20
CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir "{directory}"
save ""
appendonly no
databases 16
# Queues have no expiry and stay; cached entries have one and make room.
maxmemory 128mb
maxmemory-policy volatile-lru
"""


class RedisServer:
    """On a port of loopback, which everybody on the machine can reach: so with a password, new at each start.

    A socket would need none, but our clients set options of TCP.
    """

    def __init__(self, runtime: Path, *, log: Path) -> None:
        self.process: Child | None = None
        self._directory = runtime / "redis"
        self._log = log
        self._password = secrets.token_urlsafe(24)
        self._port = 0

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@{HOST}:{self._port}/0"

    def start(self) -> None:
        """Raises Refusal."""
        self._port = free_port()
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._directory.chmod(0o700)
            (self._directory / "redis.conf").write_text(
                CONFIGURATION.format(
                    host=HOST, port=self._port, password=self._password, directory=self._directory
                )
            )
        except OSError as error:
            raise Refusal(explain(error)) from error
        self.launch()

    def launch(self) -> None:
        """Start the server and wait until it answers. Raises Refusal."""
        self.process = Child.program(
            "redis",
            [redis_server(), self._directory / "redis.conf"],
            env={"LC_ALL": "C"},
            cwd=self._directory,
            log=self._log,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.code is not None:
                raise Refusal(f"Redis could not start: {self.process.last_words()} (log: {self._log})")
            if time.monotonic() > deadline:
                raise Refusal(f"Redis did not start within {START_SECONDS} s (log: {self._log})")
            time.sleep(0.02)

    def stop(self, seconds: float = 5.0) -> None:
        if self.process is not None:
            self.process.stop()
            if self.process.wait(seconds) is None:
                self.process.kill_group()
            self.process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self._port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                said = b""
                while said.count(b"\n") < 2:
                    part = connection.recv(100)
                    if not part:
                        return False
                    said += part
        except OSError:
            return False
        return b"+PONG" in said
