"""The Django processes of `bin/run`: how each is started and how it ends."""

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

from crm.embedded.children import Child
from crm.embedded.datadir import DataDir
from crm.embedded.services import ROOT, configured

SIMULATOR = "inbox.simulator"  # by name: this floor knows nothing of it


def simulator_port(port: int, *, demo: bool) -> int | None:
    """Where the demo's simulated provider listens; None without a demo, or where a real one is configured."""
    return port + 2 if demo and "WHATSAPP_API_URL" not in configured() else None


class Application:
    def __init__(self, data: DataDir, environment: Mapping[str, str], *, port: int, demo: bool) -> None:
        """`environment`: what the services add to the one we were started in."""
        self._data = data
        self._port = port
        self._demo = demo
        self._simulator = simulator_port(port, demo=demo)
        given = configured()
        defaults = {
            "BASE_URL": f"http://127.0.0.1:{port}",
            "LIVE_PORT": str(port + 1),
            "DEMO": "1" if demo else "0",
        }
        if self._simulator:
            defaults["WHATSAPP_API_URL"] = f"http://127.0.0.1:{self._simulator}/v26.0"
            defaults["META_API_URL"] = f"http://127.0.0.1:{self._simulator}/meta/v26.0"
            defaults["INSTAGRAM_API_URL"] = f"http://127.0.0.1:{self._simulator}/instagram/v26.0"
            defaults["TELEGRAM_API_URL"] = f"http://127.0.0.1:{self._simulator}"
            defaults["OUTBOUND_ALLOW"] = f"127.0.0.1:{self._simulator}"
        chosen = {name: value for name, value in defaults.items() if name not in given}
        self._logs: dict[str, Path] = {}
        name, value = data.mark
        self._environment = {**os.environ, **environment, **chosen, name: value}

    def prepare(self, *, build: bool, migrate: bool) -> Child:
        arguments = []
        if build:
            arguments.append("--build")
        if migrate:
            arguments.append("--migrate")
        if migrate and self._demo:
            arguments += ["--demo", str(self._data.path / "demo.txt")]
        return self._child("prepare", "manage", "crm.embedded.prepare", arguments, death=signal.SIGKILL)

    def processes(self) -> list[tuple[str, Callable[[], Child]]]:
        """Each with how to start it, in the order of their importance to whoever waits."""
        workers = configured().get("WEB_WORKERS", "1")
        # Each stream, and each connection that a browser keeps open, counts as a request under way; granian's own bound
        # of them is 1,024, of all workers together, and whoever comes then waits until somebody goes.
        web = self._served(
            "wsgi", "crm.wsgi:application", self._port, "--workers", workers, "--blocking-threads", "4",
            "--backpressure", "20000",
        )  # fmt: skip
        live = self._served(
            "asgi", "crm.live.asgi:application", self._port + 1, "--workers", "1", "--backpressure", "20000"
        )
        processes: list[tuple[str, Callable[[], Child]]] = [
            ("web", lambda: self._child("web", "web", "granian", web)),
            ("live", lambda: self._child("live", "live", "granian", live)),
            ("now", lambda: self._celery("now", self._worker("now", 4))),
            ("bulk", lambda: self._celery("bulk", self._worker("bulk", 2))),
            ("beat", lambda: self._celery("beat", self._beat())),
        ]
        if self._simulator:
            processes.append(
                ("simulator", lambda: self._child("simulator", "simulator", SIMULATOR, self._phones()))
            )
        return processes

    def _served(self, interface: str, target: str, port: int, *options: str) -> list[str]:
        return [
            "--interface", interface, "--host", "127.0.0.1", "--port", str(port), "--no-ws",
            "--workers-kill-timeout", "4", *options, target,
        ]  # fmt: skip

    def _worker(self, queue: str, threads: int) -> list[str]:
        """Threads: the work waits for networks and PostgreSQL, and one process takes the memory of one."""
        return [
            "worker", "-Q", queue, "-n", f"{queue}@%h", "--pool", "threads", "--concurrency", str(threads),
            "--loglevel", "INFO", "--without-gossip", "--without-mingle",
        ]  # fmt: skip

    def _beat(self) -> list[str]:
        return [
            "beat",
            "--loglevel",
            "INFO",
            "--pidfile=",
            "--schedule",
            str(self._data.path / "beat-schedule"),
        ]

    def _phones(self) -> list[str]:
        port, data = str(self._simulator), str(self._data.path / "simulator")
        return ["--port", port, "--data", data, "--cauce", self._environment["BASE_URL"]]

    def _celery(self, name: str, arguments: list[str]) -> Child:
        """One process and durable work: the kernel may kill it where it is."""
        return self._child(name, name, "celery", ["-A", "crm", *arguments], death=signal.SIGKILL)

    def _child(
        self,
        name: str,
        process: str,
        module: str,
        arguments: list[str],
        *,
        death: signal.Signals = signal.SIGTERM,
    ) -> Child:
        """`process` is what the settings choose its time-outs by."""
        return Child.module(
            name,
            module,
            arguments,
            env={**self._environment, "CAUCE_PROCESS": process},
            cwd=ROOT,
            log=self._log(name),
            death_signal=death,
        )

    def _log(self, name: str) -> Path:
        """Turned over once per start, not at each restart: the reason of a death stays readable."""
        if name not in self._logs:
            self._logs[name] = self._data.log(name)
        return self._logs[name]
