"""All processes of an installation, over servers of their own, to be killed."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field

from crm.embedded.readiness import free_port
from tests.work.house import ROOT, House


@dataclass
class Town(House):
    ports: dict[str, int] = field(default_factory=dict)
    served: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['web']}"

    def start_served(self, name: str) -> None:
        """ "web" or "live", as bin/run does."""
        port = self.ports.setdefault(name, free_port())
        kind, target = (
            ("wsgi", "crm.wsgi:application") if name == "web" else ("asgi", "crm.live.asgi:application")
        )
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            kind,
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        threads = ["--blocking-threads", "4"] if name == "web" else []
        with (self.directory / f"{name}.log").open("ab") as log:
            self.served[name] = subprocess.Popen(
                [*command, "--no-ws", "--workers", "1", *threads, target],
                cwd=ROOT,
                env={**os.environ, **self.environment, "CAUCE_PROCESS": name},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_for_web(self, seconds: float = 40) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                return
            time.sleep(0.1)
        raise AssertionError((self.directory / "web.log").read_text()[-3000:])

    def kill_served(self, name: str) -> None:
        """kill -9 of the server and its workers; another is started."""
        _kill(self.served.pop(name))
        self.start_served(name)

    def kill_beat(self) -> None:
        assert self.beat
        _kill(self.beat)
        self.start_beat()

    def stop(self) -> None:
        for process in self.served.values():
            _kill(process)
        self.served.clear()
        super().stop()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
