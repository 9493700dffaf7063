import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm.embedded.postgres import Cluster
from crm.embedded.readiness import free_ports
from crm.embedded.services import ROOT


class Run:
    """One supervisor, with a short wait for what it says."""

    def __init__(self, data: Path, port: int, **environment: str) -> None:
        self.data, self.port = data, port
        self.output = data.parent / f"{data.name}.{time.monotonic_ns()}.out"
        without = {"DATABASE_URL", "REDIS_URL", "VAR_DIR"}
        inherited = {name: value for name, value in os.environ.items() if name not in without}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                # Whoever runs the tests by nohup has SIGHUP ignored, and who is started inherits that.
                [
                    "env",
                    "--default-signal=HUP",
                    sys.executable,
                    "-m",
                    "tests.embedded.tiny",
                    "--port",
                    str(port),
                    "--data",
                    str(data),
                ],
                cwd=ROOT,
                env={**inherited, "PYTHONPATH": str(ROOT), **environment},
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def wait_for(self, text: str, seconds: float = 20) -> None:
        until(lambda: text in self.said or self.process.poll() is not None, seconds)
        assert text in self.said

    def ready(self) -> "Run":
        self.wait_for("Cauce is ready")
        return self

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(20)

    def alive(self) -> list[str]:
        """What still runs of it: everything that has our data directory in its environment or works in it."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    environment = (entry / "environ").read_bytes()
                    cwd = str((entry / "cwd").readlink())
                except OSError:
                    continue
                mine = f"CAUCE_SUPERVISED={self.data}\0".encode() in environment or cwd.startswith(
                    f"{self.data}/"
                )
                if mine and command:
                    found.append(command)
        return found

    def pid_of(self, name: str) -> int:
        """Of a process by its name in the state that the supervisor writes."""
        return int(json.loads((self.data / "state.json").read_text())["processes"][name])


def until(true: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.fixture(scope="session")
def made_cluster() -> Iterator[Path]:
    """A data directory that was started once: a copy of it saves the tests making theirs."""
    with tempfile.TemporaryDirectory(prefix="cauce-test-") as directory:
        Path(directory).chmod(0o755)
        data = Path(directory) / "made"
        run = Run(data, free_ports()).ready()
        assert run.end() == 0
        yield data


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory with a short path, which sockets need."""
    with tempfile.TemporaryDirectory(prefix="cauce-test-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


@pytest.fixture
def data(place: Path, made_cluster: Path) -> Path:
    subprocess.run(["cp", "-a", made_cluster, place / "data"], check=True)
    return place / "data"


@pytest.fixture
def start(data: Path) -> Iterator[Callable[..., Run]]:
    """Starts supervisors over `data`; what a test leaves running is ended."""
    runs: list[Run] = []

    def start(**environment: str) -> Run:
        runs.append(Run(data, free_ports(), **environment))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.end()


@pytest.fixture
def cluster(place: Path) -> Iterator[Cluster]:
    with Cluster(place / "postgres", fsync=False) as cluster:
        yield cluster
    shutil.rmtree(place / "postgres")
