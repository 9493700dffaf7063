"""One Redis server of our own: nudges, cache and live signals. Nothing in it needs to survive."""

import time
from pathlib import Path

from crm.embedded.binaries import redis_server
from crm.embedded.children import Child
from crm.embedded.errors import Refusal, explain

START_SECONDS = 20
MEMORY = "128mb"


class RedisServer:
    def __init__(self, runtime: Path, *, log: Path) -> None:
        """`runtime` holds the socket, in a directory that only we may enter: that is its password."""
        self.process: Child | None = None
        self._directory = runtime / "redis"
        self._log = log

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Raises Refusal."""
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._directory.chmod(0o700)
        except OSError as error:
            raise Refusal(explain(error)) from error
        self.launch()

    def launch(self) -> None:
        """Start the server and wait for its socket. Raises Refusal."""
        self._socket.unlink(missing_ok=True)
        self.process = Child(
            "redis",
            [redis_server(), "--port", "0", "--unixsocket", self._socket, "--unixsocketperm", "700",
             "--save", "", "--appendonly", "no", "--dir", self._directory, "--databases", "16",
             # Queues have no expiry and stay; cached entries have one and make room.
             "--maxmemory", MEMORY, "--maxmemory-policy", "volatile-lru"],
            env={"LC_ALL": "C"}, cwd=self._directory, log=self._log,
        )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._socket.exists():
            if self.process.code is not None:
                raise Refusal(f"Redis could not start: {self.process.last_words()} See {self._log}.")
            if time.monotonic() > deadline:
                raise Refusal(f"Redis did not start within {START_SECONDS} s; see {self._log}.")
            time.sleep(0.02)

    def stop(self, seconds: float = 5.0) -> None:
        if self.process is not None:
            self.process.stop()
            if self.process.wait(seconds) is None:
                self.process.kill_group()
            self.process = None

    @property
    def _socket(self) -> Path:
        return self._directory / "redis.sock"
