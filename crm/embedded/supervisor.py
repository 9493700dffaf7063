"""`bin/run`: everything of Cauce on this machine, started in order and ended in order.

1. The data directory is ours alone (lock), whole and writable, and both ports are free.
2. Redis and PostgreSQL, unless real ones are configured.
3. One Django process builds the assets, migrates and makes the demo: only what changed since the last start.
4. Web, live, two workers, beat. Once /healthz and /readyz answer, the address is printed.
5. What dies is started again, with a growing pause; what keeps dying ends everything, with one line that names it.
6. At SIGINT, SIGTERM or SIGHUP: 4 all at once, then Redis, then PostgreSQL. A second signal hastens.
"""

import argparse
import os
import select
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from crm.embedded import assets, stamps
from crm.embedded.children import Child, adopt_orphans, kill_orphans, reap_orphans
from crm.embedded.datadir import DataDir
from crm.embedded.errors import Refusal, explain
from crm.embedded.processes import Application
from crm.embedded.readiness import answer, require_free
from crm.embedded.services import ROOT, Services, configured

RESTARTS = 5  # within RESTART_WINDOW seconds; one more ends everything
RESTART_WINDOW = 60.0
READY_SECONDS = 60.0
STOP_SECONDS = 12.0


class Stop(BaseException):
    """The first signal, wherever we are."""


@dataclass
class Watched:
    """A process that is to run for as long as we do."""

    name: str
    start: Callable[[], Child]
    child: Child | None = None
    deaths: deque[float] = field(default_factory=deque)
    again_at: float | None = None  # when it is started anew


class Supervisor:
    def __init__(self, data: DataDir, *, port: int, demo: bool) -> None:
        self._data = data
        self._port = port
        self._demo = demo
        self._services = Services(data)
        self._watched: list[Watched] = []
        self._preparing: Child | None = None
        self._signals = 0
        self._ending = False
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def run(self) -> int:
        """Exit code: 0 after a signal, 1 where it could not start or go on."""
        self._catch_signals()
        adopt_orphans()
        began = time.monotonic()
        try:
            self._start(began)
            self._watch()
        except Stop:
            return 0
        except Refusal as refusal:
            say_error(str(refusal))
            return 1
        except OSError as error:
            say_error(explain(error))
            return 1
        finally:
            self._end()
        return 1

    # Starting

    def _start(self, began: float) -> None:
        require_free(self._port, self._port + 1)
        self._data.open()
        if not self._data.acquire("bin/run"):
            raise Refusal(
                f"{self._data.path} is in use by {self._data.owner()}. End it, or give another with --data."
            )
        self._services.start()
        self._write_state()
        app = Application(self._data, self._services.environment, port=self._port, demo=self._demo)
        self._prepare(app)
        self._watch_services()
        self._watched += [Watched(name, start) for name, start in app.processes()]
        for watched in self._watched:
            if watched.child is None:
                watched.child = watched.start()
        self._write_state()
        self._wait_until_ready()
        say(f"Cauce is ready: http://127.0.0.1:{self._port}  ({time.monotonic() - began:.1f} s)")
        if self._demo and (log_ins := self._data.read("demo.txt").rstrip()):
            say(log_ins)
        say(f"Data and logs: {self._data.path}. Ctrl-C ends it.")

    def _prepare(self, app: Application) -> None:
        """Assets, migrations and demo in one process; none where nothing changed."""
        with assets.building():
            build = not assets.built()
            migrate = not stamps.migrated(self._data, self._services.cluster, demo=self._demo)
            if build:
                say("Building the assets…")
                assets.fetch_packages()
            if not (build or migrate):
                return
            say("Preparing the database…" if migrate else "Collecting the assets…")
            self._preparing = app.prepare(build=build, migrate=migrate)
            self._write_state()
            while self._preparing.wait(0.2) is None:
                self._require_services()
            if self._preparing.code:
                raise Refusal(
                    f"The preparation failed: {self._preparing.last_words()} See {self._preparing.log}."
                )
            self._preparing = None
            if build:
                assets.mark_built()
            if migrate:
                stamps.mark_migrated(self._data, self._services.cluster, demo=self._demo)

    def _watch_services(self) -> None:
        """Only once they stand: a service that dies while we start ends the start."""
        for name, service in (("redis", self._services.redis), ("postgres", self._services.cluster)):
            if service is not None:
                self._watched.append(Watched(name, _launcher(service), service.process))

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting_for = [(self._port, "/healthz"), (self._port, "/readyz"), (self._port + 1, "/healthz")]
        said = ""
        while waiting_for:
            for watched in self._watched:
                if watched.child is None or watched.child.code is not None:
                    raise Refusal(_obituary(watched))
            port, path = waiting_for[0]
            status, said = answer(port, path)
            if status == 200:
                waiting_for.pop(0)
                continue
            if time.monotonic() > deadline:
                raise Refusal(
                    f"Cauce was not ready within {READY_SECONDS:.0f} s: http://127.0.0.1:{port}{path} says {status}"
                    f" {' '.join(said.split())[:200]}. Logs: {self._data.path / 'log'}."
                )
            time.sleep(0.05)

    def _require_services(self) -> None:
        for process in self._services.processes():
            if process.code is not None:
                raise Refusal(f"{process.name} {process.ending}: {process.last_words()} See {process.log}.")

    # Running

    def _watch(self) -> None:
        while True:
            select.select([self._wake_read], [], [], self._pause())
            self._drain()
            reap_orphans(self._known())
            now = time.monotonic()
            for watched in self._watched:
                if watched.child is not None and watched.child.code is not None:
                    self._bury(watched, now)
                if watched.again_at is not None and now >= watched.again_at:
                    self._revive(watched)

    def _bury(self, watched: Watched, now: float) -> None:
        """Say what died, and plan its return; raise Refusal where it died too often."""
        message = _obituary(watched)
        if watched.child is not None:
            watched.child.kill_group()
        watched.child = None
        while watched.deaths and now - watched.deaths[0] > RESTART_WINDOW:
            watched.deaths.popleft()
        watched.deaths.append(now)
        if len(watched.deaths) > RESTARTS:
            raise Refusal(
                f"{message} It died {len(watched.deaths)} times within a minute, so everything ends."
            )
        pause = 0.25 * 2 ** (len(watched.deaths) - 1)
        watched.again_at = now + pause
        say_error(f"{message} It starts again.")

    def _revive(self, watched: Watched) -> None:
        watched.again_at = None
        try:
            watched.child = watched.start()
        except Refusal as refusal:  # a server that could not start: as if it had died at once
            now = time.monotonic()
            watched.deaths.append(now)
            if len(watched.deaths) > RESTARTS:
                raise
            say_error(f"{refusal} It is tried again.")
            watched.again_at = now + 0.25 * 2 ** len(watched.deaths)
        self._write_state()

    def _pause(self) -> float:
        due = [watched.again_at for watched in self._watched if watched.again_at is not None]
        return max(0.0, min([*due, time.monotonic() + 1.0]) - time.monotonic())

    # Ending

    def _end(self) -> None:
        """In order, whatever happened before; a second signal hastens, and no signal interrupts."""
        self._ending = True
        services = {id(process) for process in self._services.processes()}
        app = [w.child for w in self._watched if w.child is not None and id(w.child) not in services]
        if self._preparing is not None:
            app.append(self._preparing)
        for child in app:
            child.stop()
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.code is None for child in app):
            if self._signals > 1 or time.monotonic() > deadline:
                break
            time.sleep(0.02)
        for child in app:
            child.kill_group()
        self._services.stop(at_once=self._signals > 1)
        kill_orphans(set())
        self._data.release()
        if self._signals:
            say("Cauce has ended.")

    # What both need

    def _catch_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._on_signal)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1
        if self._signals == 1 and not self._ending:
            raise Stop
        if self._signals == 2:
            say("Ending at once.")

    def _drain(self) -> None:
        try:
            os.read(self._wake_read, 4096)
        except BlockingIOError:
            pass

    def _known(self) -> set[int]:
        return {child.pid for child in self._all()}

    def _all(self) -> list[Child]:
        running = [watched.child for watched in self._watched if watched.child is not None]
        return [*running, *self._services.processes(), *([self._preparing] if self._preparing else [])]

    def _write_state(self) -> None:
        self._data.write_state(
            "bin/run",
            environment=self._services.environment,
            runtime=self._services.runtime,
            pids=[child.pid for child in self._all()],
        )


def _launcher(service: object) -> Callable[[], Child]:
    def launch() -> Child:
        service.launch()  # type: ignore[attr-defined]
        child: Child = service.process  # type: ignore[attr-defined]
        return child

    return launch


def _obituary(watched: Watched) -> str:
    child = watched.child
    if child is None:
        return f"{watched.name} does not run."
    words = child.last_words()
    return f"{watched.name} {child.ending}{f': {words}' if words else '.'} (log: {child.log})"


def say(text: str) -> None:
    try:
        print(text, flush=True)
    except OSError:
        pass  # the terminal is gone: that is what SIGHUP was about


def say_error(text: str) -> None:
    try:
        print(f"cauce: {text}", file=sys.stderr, flush=True)
    except OSError:
        pass  # as above


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="bin/run", description="Start all of Cauce on this machine; Ctrl-C ends it."
    )
    parser.add_argument("--port", type=_port, default=8000, metavar="N",
                        help="pages on N (8000), live updates on N+1")  # fmt: skip
    parser.add_argument("--data", type=Path, default=Path(configured().get("VAR_DIR", ROOT / "var")), metavar="DIR",
                        help="where data, logs and sockets are kept (var)")  # fmt: skip
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="no demo workspace")
    chosen = parser.parse_args(arguments)
    return Supervisor(DataDir(chosen.data), port=chosen.port, demo=chosen.demo).run()


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65534:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65534")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
