"""Servers and workers of their own, to be killed: PostgreSQL, Redis, Celery workers, beat."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import redis
from celery import Celery
from django.db import connection
from kombu.exceptions import KombuError

from crm import nudge
from crm.celery import Task
from crm.embedded.postgres import DATABASE, Cluster
from crm.embedded.redis import RedisServer
from tests import clusters, databases

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class House:
    directory: Path
    cluster: Cluster
    redis: RedisServer
    environment: dict[str, str]
    workers: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)
    beat: subprocess.Popen[bytes] | None = None

    def start_worker(self, pool: str) -> None:
        """`threads` as bin/run does; `prefork`, whose processes can be killed one by one."""
        arguments = ["worker", "-Q", "now,bulk", "-c", "3", "--pool", pool, "-n", f"{pool}@test"]
        arguments += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
        self.workers.append((pool, self._celery("worker", arguments, CAUCE_PROCESS="now")))

    def start_beat(self) -> None:
        arguments = ["beat", "--pidfile=", "--schedule", str(self.directory / "beat")]
        self.beat = self._celery("beat", arguments, CAUCE_PROCESS="beat")

    def wait_for_workers(self, seconds: float = 60) -> None:
        ends = time.monotonic() + seconds
        with Celery("asking", broker=self.redis.url) as asking:
            answers = 0
            while answers < len(self.workers):
                assert time.monotonic() < ends, (self.directory / "worker.log").read_text()[-3000:]
                with suppress(
                    redis.RedisError, KombuError
                ):  # its pool may hold connections to a Redis now dead
                    answers = len(asking.control.ping(timeout=0.5))

    def kill_worker(self) -> None:
        """kill -9 of a worker and all of its processes at once; another one is started."""
        pool, worker = self.workers.pop(0)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self.start_worker(pool)

    def revive(self) -> None:
        """What a supervisor does: a process that has ended by itself is started again. Celery's workers do that where
        their broker goes while they connect, or all of a pool is killed while it starts."""
        for pool, worker in list(self.workers):
            if worker.poll() is not None:
                with suppress(ProcessLookupError):
                    os.killpg(worker.pid, signal.SIGKILL)  # what it has left
                self.workers.remove((pool, worker))
                self.start_worker(pool)
        if self.beat and self.beat.poll() is not None:
            self.start_beat()

    def kill_child(self) -> None:
        """kill -9 of one process of a pool, wherever it is; its parent starts another."""
        [worker] = [process for pool, process in self.workers if pool == "prefork"]
        children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
        if children:
            with suppress(ProcessLookupError):
                os.kill(int(random.choice(children)), signal.SIGKILL)

    def empty_redis(self) -> None:
        with redis.Redis.from_url(self.redis.url) as server:
            server.flushall()

    def restart_redis(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        assert self.redis.process
        self.redis.process.kill_group()
        self.redis.process.wait(10)
        meanwhile()
        time.sleep(0.5)
        self.redis.launch()

    def restart_postgres(self) -> None:
        """As after a power cut: it is killed, and recovers."""
        assert self.cluster.process
        self.cluster.process.send(signal.SIGQUIT)
        self.cluster.process.wait(20)
        connection.close()
        self.cluster.launch()

    def stop(self) -> None:
        for process in [*(worker for _, worker in self.workers), *([self.beat] if self.beat else [])]:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.workers, self.beat = [], None

    def _celery(self, name: str, arguments: list[str], **environment: str) -> subprocess.Popen[bytes]:
        with (self.directory / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "crm", *arguments],
                cwd=ROOT,
                env={**os.environ, **self.environment, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


H = TypeVar("H", bound=House)


@contextmanager
def house(
    directory: Path,
    kind: Callable[..., H] = House,  # type: ignore[assignment]
    **environment: str,
) -> Iterator[H]:
    """The house with its own servers and a migrated database; this process's Django speaks to the same ones meanwhile.
    `environment` is that of its processes."""
    directory.chmod(0o755)  # PostgreSQL of root runs as another user
    servers = RedisServer(directory, log=directory / "redis.log")
    clusters.copy_to(directory / "postgres")
    with Cluster(directory / "postgres") as cluster:
        cluster.sql(f"DROP DATABASE {DATABASE}", database="postgres")
        template = databases.name_of_template(DATABASE)
        cluster.sql(f'CREATE DATABASE {DATABASE} TEMPLATE "{template}"', database="postgres")
        servers.start()
        made = kind(
            directory,
            cluster,
            servers,
            {
                "DATABASE_URL": cluster.url,
                "REDIS_URL": servers.url,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "CELERY_SKIP_CHECKS": "1",
                "VAR_DIR": str(directory / "var"),
                "SWEEP_SECONDS": "0.5",
                "MAIL_LEASE_SECONDS": "4",
                "MAIL_BACKOFF_SECONDS": "0.2",
                "LOG_FORMAT": "text",
                **environment,
            },
        )
        (directory / "var").mkdir()
        try:
            with _spoken_to(made):
                yield made
        finally:
            made.stop()
            servers.stop()


@contextmanager
def _spoken_to(made: House) -> Iterator[None]:
    """Django's connection and our nudges go to the house's servers."""
    from django.conf import settings

    before = dict(connection.settings_dict)
    before_redis = settings.REDIS_URL
    publisher = Celery("publisher", broker=made.redis.url)
    apply_async = Task.apply_async

    def publish(
        task: Any, args: Any, kwargs: Any, *, queue: str, countdown: float | None = None, **rest: Any
    ) -> None:
        publisher.send_task(task.name, args, kwargs, queue=queue, countdown=countdown, retry=False)

    connection.close()
    connection.settings_dict.update(_address(made.cluster.url))
    settings.REDIS_URL = made.redis.url
    nudge._redis.cache_clear()
    Task.apply_async = publish
    try:
        yield
    finally:
        Task.apply_async = apply_async
        publisher.close()
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)
        settings.REDIS_URL = before_redis
        nudge._redis.cache_clear()


def _address(url: str) -> dict[str, Any]:
    import dj_database_url

    parsed = dj_database_url.parse(url)
    address: dict[str, Any] = {key: parsed[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    return address | {"OPTIONS": {**connection.settings_dict["OPTIONS"], **parsed.get("OPTIONS", {})}}
