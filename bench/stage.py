"""Servers of a bench's own, in a temporary directory: PostgreSQL with fsync on, Redis, web processes."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.fernet import Fernet

from bench import migrated
from bench.migrated import ROOT
from crm.embedded.postgres import Cluster
from crm.embedded.readiness import free_port
from crm.embedded.redis import RedisServer


class Stage:
    """A context in which a migrated database and Redis run; servers started in it end with it.

    `kept` names a database that stays in `var/bench`, for what takes minutes to fill; BENCH_DATABASE_URL puts one of
    another server in its place.
    """

    def __init__(self, kept: str = "") -> None:
        self._kept = kept

    def __enter__(self) -> Self:
        self._exit = ExitStack()
        self.directory = Path(tempfile.mkdtemp(prefix="cauce-bench-"))
        self.directory.chmod(0o755)  # PostgreSQL of root runs as another user
        self._exit.callback(shutil.rmtree, self.directory, ignore_errors=True)
        try:
            database = os.environ.get("BENCH_DATABASE_URL", "") if self._kept else ""
            if not database:
                home = ROOT / "var" / "bench" / self._kept if self._kept else self.directory
                home.mkdir(parents=True, exist_ok=True)
                if not self._kept:
                    migrated.copy_to(home / "postgres")
                database = self._exit.enter_context(Cluster(home / "postgres", fsync=True)).url
            redis = RedisServer(self.directory, log=self.directory / "redis.log")
            redis.start()
            self._exit.callback(redis.stop)
            self.environment = migrated.environment(database, self.directory / "var", redis.url)
            if self._kept:
                self.environment["FIELD_KEYS"] = self._key()
            (self.directory / "var").mkdir()
            if self._kept:
                self.manage("migrate", "--verbosity", "0")
        except BaseException:
            self._exit.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    def _key(self) -> str:
        """Of what is encrypted in the kept database."""
        file = ROOT / "var" / "bench" / f"{self._kept}.key"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(os.environ.get("FIELD_KEYS") or Fernet.generate_key().decode())
        return file.read_text()

    def manage(self, *arguments: str) -> str:
        """What a management command printed; its failure is the bench's."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
        return done.stdout

    def serve(self, application: str, *, workers: int) -> int:
        """A web process as `bin/run` starts it, with the bench's settings; its port."""
        port = free_port()
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--no-ws", "--workers", str(workers), "--blocking-threads", "4", "--backpressure",
            "20000", application,
        ]  # fmt: skip
        environment = {**self.environment, "CAUCE_PROCESS": "web"}
        log = (self.directory / f"web-{port}.log").open("w")
        self._exit.callback(log.close)
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self._exit.callback(_end, process)
        _wait_for(port, process, Path(log.name))
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended:\n{log.read_text()[-2000:]}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2)
        except urllib.error.HTTPError:
            return  # any answer will do
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the server does not answer:\n{log.read_text()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
