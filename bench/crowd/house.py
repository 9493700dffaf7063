"""The processes of a house as bin/run starts them, and what CPU each has used."""

import os
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.migrated import ROOT
from bench.stage import Stage
from crm.embedded.readiness import free_port

TICKS = os.sysconf("SC_CLK_TCK")
LIVE = (
    "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--no-ws", "--workers", "1", "--backpressure",
    "20000", "--workers-kill-timeout", "4", "crm.live.asgi:application",
)  # fmt: skip
WORKER = (
    "-m", "celery", "-A", "crm", "worker", "-Q", "now", "--pool", "threads", "--concurrency", "4", "--loglevel",
    "WARNING", "--without-gossip", "--without-mingle",
)  # fmt: skip


class House:
    """A context in which web, live, the worker `now` and beat run."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._port = free_port()
        stage.environment["LIVE_PORT"] = str(self._port)
        stage.environment["WHATSAPP_API_URL"] = "http://127.0.0.1:9/v26.0"  # what is read is told to nobody
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self.web = self._stage.serve("crm.wsgi:application", workers=1)
        try:
            self.start_live()
            self._start("now", *WORKER)
            schedule = str(self._stage.directory / "beat-schedule")
            self._start("beat", "-m", "celery", "-A", "crm", "beat", "--pidfile=", "--schedule", schedule)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def start_live(self) -> None:
        self._start("live", *LIVE, "--port", str(self._port))

    def kill_live(self) -> None:
        """At once, with all that it holds."""
        process = self._processes.pop("live")
        for pid in [*_family(process.pid), process.pid]:
            os.kill(pid, 9)
        process.wait()

    def wait_for_live(self) -> None:
        ends = time.monotonic() + 30
        while time.monotonic() < ends:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self._port}/live/healthz", timeout=2).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("the live process does not answer")

    def seconds(self) -> dict[str, float]:
        """Seconds of CPU that each has used so far, with its children; `pages` is this process, `all` the machine."""
        stats = _stats()
        used = defaultdict(float, pages=stats[os.getpid()][1] / TICKS)
        roots = {process.pid: name for name, process in self._processes.items()}
        for pid, (parent, _ticks, name) in stats.items():
            if parent == os.getpid() and pid not in roots:
                roots[pid] = {"postgres": "postgresql", "redis-server": "redis"}.get(name, "web")
        for root, name in roots.items():
            used[name] += sum(stats[pid][1] for pid in _family(root, stats) | {root}) / TICKS
        busy = Path("/proc/stat").read_text().split("\n")[0].split()
        used["all"] = sum(int(busy[place]) for place in (1, 2, 3, 6, 7)) / TICKS
        return used

    def _start(self, name: str, *arguments: str) -> None:
        log = (self._stage.directory / f"{name}.log").open("ab")
        self._processes[name] = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env={**self._stage.environment, "CAUCE_PROCESS": name},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()

    def _end(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _stats() -> dict[int, tuple[int, int, str]]:
    """Process → its parent, its ticks with those of children that have ended, its name."""
    found: dict[int, tuple[int, int, str]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue  # it ended meanwhile
            name, _, rest = text.partition("(")[2].rpartition(")")
            fields = rest.split()
            found[int(entry.name)] = (int(fields[1]), sum(map(int, fields[11:15])), name)
    return found


def _family(root: int, stats: dict[int, Any] | None = None) -> set[int]:
    stats = stats if stats is not None else _stats()
    family = {root}
    while grown := {pid for pid, (parent, *_rest) in stats.items() if parent in family} - family:
        family |= grown
    return family - {root}
