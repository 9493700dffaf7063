"""A migrated PostgreSQL cluster, made once and kept in build/: servers of a test run begin as copies of its files.

Migrations take some fifteen seconds, a copy one. It is made anew when a migration, a test's own model or a version
changes (`databases.digest`), by one process at a time.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from crm.embedded.postgres import Cluster
from tests import databases

KEPT = databases.ROOT / "build" / "test-cluster"


def copy_to(directory: Path) -> None:
    """The data directory of a cluster that has the template, and an empty `cauce`. `directory` does not exist yet."""
    subprocess.run(["cp", "-a", _made(), directory], check=True)


def _made() -> Path:
    home = KEPT / databases.digest() / "postgres"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            for old in KEPT.glob("*/"):
                shutil.rmtree(old)
            _make(home)
    return home


def _make(home: Path) -> None:
    """Elsewhere at first: PostgreSQL of root is another user, who may not enter every checkout."""
    with tempfile.TemporaryDirectory(prefix="cauce-test-cluster-") as place:
        Path(place).chmod(0o755)
        made = Path(place) / "postgres"
        with Cluster(made, fsync=False) as cluster:
            environment = {
                **os.environ,
                "DATABASE_URL": cluster.url,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "VAR_DIR": place,
            }
            subprocess.run(
                [sys.executable, "-m", "tests.databases"], cwd=databases.ROOT, env=environment, check=True
            )
        home.parent.mkdir(parents=True)
        subprocess.run(["cp", "-a", made, home], check=True)
