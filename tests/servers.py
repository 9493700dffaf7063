"""A pytest plugin, loaded before Django's settings: the servers of a test run.

1. The process that starts the run makes a PostgreSQL cluster (see tests/clusters.py) and a Redis server of its own, in
   a temporary directory, and ends them with the run. DATABASE_URL or REDIS_URL, when set, name others instead.
2. Each xdist worker has its own database (see tests/databases.py), Redis database and directory for files.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

RUN = "CAUCE_TEST_RUN"  # the run's directory, told to the workers
CLUSTER = "CAUCE_TEST_CLUSTER"  # set where the PostgreSQL is the run's own


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        _start()
    run = Path(os.environ[RUN])
    os.environ["VAR_DIR"] = str(run / (worker or "main"))
    Path(os.environ["VAR_DIR"]).mkdir(exist_ok=True)
    if worker:
        os.environ["REDIS_URL"] = _redis_database(os.environ["REDIS_URL"], int(worker.removeprefix("gw")) + 1)
    yield


def pytest_unconfigure(config: pytest.Config) -> None:
    _running.close()


_running = ExitStack()


def _start() -> None:
    directory = Path(tempfile.mkdtemp(prefix="cauce-test-"))
    directory.chmod(0o755)  # PostgreSQL of root runs as another user
    _running.callback(shutil.rmtree, directory, ignore_errors=True)
    os.environ[RUN] = str(directory)
    if not os.environ.get("DATABASE_URL"):
        from crm.embedded.postgres import Cluster
        from tests import clusters

        clusters.copy_to(directory / "postgres")
        cluster = _running.enter_context(Cluster(directory / "postgres", fsync=False))
        os.environ["DATABASE_URL"] = cluster.url
        os.environ[CLUSTER] = "1"
        _running.callback(os.environ.pop, "DATABASE_URL", None)
    if not os.environ.get("REDIS_URL"):
        from crm.embedded.redis import RedisServer

        redis = RedisServer(directory, log=directory / "redis.log")
        redis.start()
        _running.callback(redis.stop)
        os.environ["REDIS_URL"] = redis.url
        _running.callback(os.environ.pop, "REDIS_URL", None)


def _redis_database(url: str, number: int) -> str:
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    base = url.rpartition("/")[0] if url.count("/") > 2 else url
    # A developer's own server keeps its database 0..; workers take those from the top.
    return f"{base}/{16 - number}"
