"""Each kind of process gives PostgreSQL its own patience, and PostgreSQL has heard it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import databases

ASK = """
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        cursor.execute(f"SHOW {name}")
        print(cursor.fetchone()[0])
"""


@pytest.mark.parametrize(
    ("process", "heard"),
    [
        ("web", ["10s", "3s", "15s"]),
        ("live", ["5s", "2s", "10s"]),
        ("now", ["30s", "5s", "30s"]),
        ("bulk", ["10min", "30s", "2min"]),
        ("manage", ["0", "0", "0"]),
    ],
)
def test_a_process_has_its_time_outs(db: None, process: str, heard: list[str]) -> None:
    environment = {
        **os.environ,
        "CAUCE_PROCESS": process,
        "DATABASE_URL": databases.url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == heard
