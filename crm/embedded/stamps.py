"""Was a data directory migrated by the code that stands here? Then a start imports Django once less."""

import hashlib
from pathlib import Path

from crm.embedded.datadir import DataDir
from crm.embedded.postgres import Cluster
from crm.embedded.services import ROOT

# What stands in the database: a restored backup is not the database that the stamp is about.
APPLIED = "SELECT md5(string_agg(app || '.' || name, ' ' ORDER BY app, name)) FROM django_migrations"


def migrated(data: DataDir, cluster: Cluster | None, *, demo: bool) -> bool:
    """False for a server that is not ours: others may migrate it."""
    stamp = data.read("prepared")
    return cluster is not None and stamp != "" and stamp == _stamp(cluster, demo)


def mark_migrated(data: DataDir, cluster: Cluster | None, *, demo: bool) -> None:
    if cluster is not None:
        data.write("prepared", _stamp(cluster, demo))


def _stamp(cluster: Cluster, demo: bool) -> str:
    return f"{_code()} {cluster.sql(APPLIED)} {'demo' if demo else 'bare'}\n"


def _code() -> str:
    """Over the name, size and time of every module of the project and of the lock of its packages."""
    digest = hashlib.sha256()
    packages = sorted(path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests")
    files = [file for package in packages for file in sorted(package.rglob("*.py"))]
    for file in [*files, ROOT / ".venv" / "cauce-lock"]:
        if file.exists():
            digest.update(_facts(file))
    return digest.hexdigest()


def _facts(file: Path) -> bytes:
    status = file.stat()
    return f"{file.relative_to(ROOT)} {status.st_size} {status.st_mtime_ns}\n".encode()
