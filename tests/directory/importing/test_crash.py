"""PostgreSQL dies in the middle of an import, whose batches wait for no disk: nothing is lost, nothing is done twice.

On a server of its own, with fsync. All its processes are killed at once, while what it has not yet written of its log
is kept back for seconds: so the last batches are gone, and the next worker does them again.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.embedded.postgres import Cluster
from tests import clusters, databases

pytestmark = pytest.mark.processes
ROWS = 12_000


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="cauce-crash-") as place:
        Path(place).chmod(0o755)  # PostgreSQL of root runs as another user
        clusters.copy_to(Path(place) / "postgres")
        with Cluster(Path(place) / "postgres", fsync=True) as made:
            made.sql(f'CREATE DATABASE crash TEMPLATE "{databases.name_of_template("cauce")}"')
            made.sql("ALTER SYSTEM SET wal_writer_delay = '10s'", role="postgres")
            made.sql("SELECT pg_reload_conf()", role="postgres")
            yield made


def test_what_a_crash_takes_of_an_import_is_done_again(cluster: Cluster, tmp_path: Path) -> None:
    def worker(act: str) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "DATABASE_URL": cluster.url_of("crash"), "VAR_DIR": str(tmp_path)}
        command = [sys.executable, "-m", "tests.directory.importing.alone", act, str(ROWS)]
        return subprocess.Popen(command, cwd=databases.ROOT, env=environment, stderr=subprocess.DEVNULL)

    def number(statement: str) -> int:
        return int(cluster.sql(statement, database="crash") or 0)

    assert worker("prepare").wait() == 0
    lost = 0
    for until in (3_000, 7_000):
        killed = worker("work")
        ends = time.monotonic() + 60
        while (seen := number("SELECT position FROM directory_import")) < until:
            assert killed.poll() is None
            assert time.monotonic() < ends
            time.sleep(0.2)
        _kill_all(cluster)
        killed.kill()  # it would wait for its database for a minute
        killed.wait()
        cluster.start()
        kept = number("SELECT position FROM directory_import")
        lost += seen - kept
        assert kept == 0 or kept - 1 == number("SELECT created FROM directory_import")
        for table in ("lead", "placement", "contactpoint", "leadtag", "event", "importrow"):
            assert number(f"SELECT count(*) FROM directory_{table}") == max(kept - 1, 0), table
    assert lost > 0  # or the test shows nothing
    assert worker("work").wait() == 0
    assert cluster.sql("SELECT state, created, position FROM directory_import", database="crash") == (
        f"done|{ROWS}|{ROWS + 1}"
    )
    for table, column in (("importrow", "number"), ("contactpoint", "match_key"), ("event", "lead_id")):
        counts = f"SELECT count(*), count(DISTINCT {column}) FROM directory_{table}"
        assert cluster.sql(counts, database="crash") == f"{ROWS}|{ROWS}"
    assert number("SELECT sum(amount) FROM directory_tally") == ROWS


def _kill_all(cluster: Cluster) -> None:
    """The server and its sessions, each of which leads a group of its own."""
    assert cluster.process is not None
    server = cluster.process.pid
    os.kill(server, signal.SIGSTOP)  # it starts no other for one that dies
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == server:
                os.kill(int(stat.parent.name), signal.SIGKILL)
    cluster.process.kill_group()
    cluster.process.wait(10)
