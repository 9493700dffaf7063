"""A worker that is killed with SIGKILL in the middle of a job, and another that goes on. Real processes."""

import csv
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db.models.functions import Now

from crm import jobs, nudge
from crm.embedded.redis import RedisServer
from crm.jobs import results
from crm.jobs.models import State
from crm.tenancy import scope
from crm.work import sweeps
from crm.work.models import Item
from tests import databases
from workspaces.models import Team

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def worker(
    tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts workers of the queue `bulk`, each in a process group of its own."""
    redis = RedisServer(tmp_path, log=tmp_path / "redis.log")
    redis.start()
    environment = {
        **os.environ,
        "CAUCE_PROCESS": "bulk",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": databases.url(),
        "REDIS_URL": redis.url,
        "VAR_DIR": str(tmp_path),
        "LOG_FORMAT": "text",
    }
    settings.MEDIA_ROOT = str(tmp_path / "media")
    monkeypatch.setattr(nudge, "now", lambda *args, **kwargs: True)  # the tests call the worker themselves
    started: list[subprocess.Popen[bytes]] = []
    command = [sys.executable, "-m", "celery", "-A", "crm", "worker", "-Q", "bulk", "--pool", "threads"]
    command += ["--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"]

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        started.append(process)
        _call_worker(redis.url)
        return process

    yield start
    for process in started:
        _kill(process)
    redis.stop()


def test_a_files_rows_are_all_there_and_none_twice(worker, seller, workspace, again):
    with scope(workspace):
        job = jobs.start("test.rows", by=seller, params={"rows": 2000, "pause": 0.1})
    first = worker()
    _until(lambda: len(again(job).parts) >= 2)
    _kill(first)
    stopped = again(job)
    assert stopped.state == State.RUNNING
    assert 0 < stopped.cursor["done"] < 2000

    _let_the_lease_end()
    worker()
    _until(lambda: again(job).state == State.DONE)

    done = again(job)
    text = b"".join(results.chunks(done)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[0] for row in rows] == ["number", *map(str, range(2000))]
    assert (done.done, done.attempt > stopped.attempt) == (2000, True)
    assert done.parts[: len(stopped.parts)] == stopped.parts  # went on, and did not begin anew


def test_changed_rows_are_changed_once(worker, seller, workspace, again):
    with scope(workspace):
        job = jobs.start("test.teams", by=seller, params={"teams": 100, "pause": 0.1})
    first = worker()
    _until(lambda: again(job).done >= 20)
    _kill(first)
    assert again(job).state == State.RUNNING

    _let_the_lease_end()
    worker()
    _until(lambda: again(job).state == State.DONE)

    with scope(workspace):
        names = sorted(Team.objects.values_list("name", flat=True))
    assert names == sorted(f"Team {number}" for number in range(100))
    assert again(job).done == 100


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def _let_the_lease_end() -> None:
    """As after a minute, and as the sweep finds it; there is none where it was killed between two turns."""
    claimed = Item.objects.filter(kind="job", state="claimed")
    ends = time.monotonic() + 10  # the killed worker's connection may hold its locks for a moment
    while claimed.exists():
        assert time.monotonic() < ends
        claimed.update(lease_until=Now())
        time.sleep(0.05)
        sweeps.end_expired_leases()
    Item.objects.filter(kind="job", state="retry").update(due_at=Now())


def _call_worker(redis_url: str) -> None:
    from celery import Celery

    app = Celery(broker=redis_url, set_as_current=False)
    with app.connection_for_write() as connection:
        app.send_task("crm.work.tasks.drain", ["bulk"], queue="bulk", connection=connection)


def _until(condition: Callable[[], bool], seconds: float = 45) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)
