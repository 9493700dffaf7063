"""`bin/run`: everything of Cauce on this machine, started in order and ended in order.

1. The data directory is ours alone (lock), whole and writable, and both ports are free.
2. Redis and PostgreSQL, unless real ones are configured.
3. One Django process builds the assets, migrates and makes the demo: only what changed since last time.
4. Web, live, two workers, beat, with the demo the simulator. Once /healthz and /readyz answer, the address is printed.
5. What dies is started again, with a growing pause; what keeps dying ends everything.
6. At SIGINT, SIGTERM or SIGHUP: 4 all at once, then Redis, then PostgreSQL. A second signal hastens.
"""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from crm.embedded.children import Child, adopt_orphans, kill_orphans, reap_orphans
from crm.embedded.datadir import DataDir
from crm.embedded.errors import Refusal, explain
from crm.embedded.forks import preload
from crm.embedded.postgres import Cluster
from crm.embedded.preparation import prepare
from crm.embedded.processes import Application, simulator_port
from crm.embedded.readiness import answer, require_free
from crm.embedded.redis import RedisServer
from crm.embedded.services import Services
from crm.embedded.terminal import say, say_error
from crm.embedded.watching import Watch

READY_SECONDS = 120.0  # a busy machine of two cores takes a minute
STOP_SECONDS = 12.0


class Stop(BaseException):
    """The first signal, wherever we are."""


class Supervisor:
    def __init__(self, data: DataDir, *, port: int, demo: bool) -> None:
        self._data = data
        self._port = port
        self._demo = demo
        self._services = Services(data)
        self._simulator: int | None = None
        self._watch = Watch()
        self._preparing: Child | None = None
        self._signals = 0
        self._ending = False
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def run(self) -> int:
        """Exit code: 0 after a signal, 1 where it could not start or go on."""
        self._catch_signals()
        adopt_orphans()
        try:
            self._start()
            self._tend()
        except Stop:
            return 0
        except Refusal as refusal:
            say_error(str(refusal))
            return 1
        except OSError as error:
            say_error(explain(error))
            return 1
        finally:
            try:
                self._end()
            except Stop:  # it came on the way in; from here on none is raised
                self._end()

    # Starting

    def _start(self) -> None:
        began = time.monotonic()
        self._data.open()
        if not self._data.acquire():
            raise Refusal(
                f"{self._data.path} is in use by {self._data.owner()}. End it, or give another with --data."
            )
        self._simulator = simulator_port(self._port, demo=self._demo)
        require_free(self._port, self._port + 1, *([self._simulator] if self._simulator else []))
        self._services.start()
        self._write_state()
        self._start_application()
        for name, service in (("redis", self._services.redis), ("postgres", self._services.cluster)):
            if service is not None:
                self._watch.add(name, _launcher(service), service.process)
        self._write_state()
        self._wait_until_ready()
        say(f"Cauce is ready: http://127.0.0.1:{self._port}  (in {time.monotonic() - began:.1f} s)")
        say(f"Passkeys want a name: they work at http://localhost:{self._port}")
        if self._demo and (log_ins := self._data.read("demo.txt").rstrip()):
            say(f"Log in as one of these (role, e-mail, password):\n{log_ins}")
        if self._simulator:
            say(f"Write to it as a customer: http://127.0.0.1:{self._simulator}")
        say(f"Data and logs are in {self._data.path}. Ctrl-C ends it.")

    def _start_application(self) -> None:
        preload()
        app = Application(self._data, self._services.environment, port=self._port, demo=self._demo)
        prepare(app, self._data, self._services.cluster, demo=self._demo, wait=self._wait_for_preparation)
        for name, start in app.processes():
            self._watch.add(name, start)

    def _wait_for_preparation(self, child: Child) -> None:
        self._preparing = child
        self._write_state()
        while child.wait(0.2) is None:
            for process in self._services.processes():
                if process.code is not None:
                    raise Refusal(
                        f"{process.name} {process.ending}: {process.last_words()} (log: {process.log})"
                    )
        self._preparing = None

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting_for = [(self._port, "/healthz"), (self._port + 1, "/live/healthz"), (self._port, "/readyz")]
        if self._simulator:
            waiting_for.append((self._simulator, "/"))
        while waiting_for:
            self._watch.require_alive()
            port, path = waiting_for[0]
            status, said = answer(port, path)
            if status == 200:
                waiting_for.pop(0)
                continue
            if time.monotonic() > deadline:
                raise Refusal(
                    f"Cauce was not ready within {READY_SECONDS:.0f} s: http://127.0.0.1:{port}{path} answers"
                    f" {status} {' '.join(said.split())[:200]} (logs: {self._data.path / 'log'})"
                )
            time.sleep(0.25 if path == "/readyz" else 0.05)

    # Running

    def _tend(self) -> NoReturn:
        while True:
            select.select([self._wake_read], [], [], self._watch.pause)
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake_read, 4096)
            reap_orphans({child.pid for child in self._children()})
            if self._watch.tend():
                self._write_state()

    # Ending

    def _end(self) -> None:
        """In order, whatever happened before; a second signal hastens, and no signal interrupts."""
        self._ending = True
        servers = {process.pid for process in self._services.processes()}
        application = [child for child in self._children() if child.pid not in servers]
        for child in application:
            child.stop()
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.code is None for child in application):
            if self._signals > 1 or time.monotonic() > deadline:
                break
            time.sleep(0.02)
        for child in application:
            child.kill_group()
        self._services.stop(at_once=self._signals > 1)
        kill_orphans(set())
        self._data.release()
        if self._signals:
            say("Cauce has ended.")

    # What all of these need

    def _catch_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._on_signal)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake `select`
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1
        if self._signals == 1 and not self._ending:
            raise Stop
        if self._signals == 2:
            say("Ending at once.")

    def _children(self) -> list[Child]:
        """Each once: a service is watched too."""
        children = [*self._watch.children, *self._services.processes()]
        if self._preparing is not None:
            children.append(self._preparing)
        return list({child.pid: child for child in children}.values())

    def _write_state(self) -> None:
        self._data.write_state(
            "bin/run",
            environment=self._services.environment,
            runtime=self._services.runtime,
            processes={child.name: child.pid for child in self._children()},
        )


def _launcher(service: Cluster | RedisServer) -> Callable[[], Child]:
    def launch() -> Child:
        service.launch()
        if service.process is None:
            raise RuntimeError("a service that was launched has a process")
        return service.process

    return launch
