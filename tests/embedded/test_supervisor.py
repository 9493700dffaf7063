"""The life of bin/run: it starts, ends, survives the death of a child, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crm.embedded.readiness import free_ports
from crm.embedded.services import ROOT
from tests.embedded.conftest import Run, until

pytestmark = pytest.mark.processes
Start = Callable[..., Run]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_and_a_second_start_works(start: Start, number: signal.Signals) -> None:
    run = start().ready()
    assert len(run.alive()) >= 6  # redis, postgres and its own, web and live with a child each
    assert run.end(number) == 0
    assert run.alive() == []
    assert not (run.data / "run").exists()
    again = start().ready()
    assert again.end() == 0


def test_two_signals_end_it_at_once(start: Start) -> None:
    run = start().ready()
    run.process.send_signal(signal.SIGINT)
    assert run.end(signal.SIGINT) == 0
    assert run.alive() == []


def test_a_signal_while_it_starts_ends_it_too(start: Start, data: Path) -> None:
    assert not (data / "run").exists()
    run = start()
    until((run.data / "run").exists)
    assert run.end() == 0
    assert run.alive() == []


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_works(start: Start) -> None:
    run = start().ready()
    run.end(signal.SIGKILL)
    again = start().ready()
    assert again.end() == 0
    assert again.alive() == []


def test_without_a_next_start_the_children_of_a_killed_supervisor_end_too(start: Start) -> None:
    run = start().ready()
    run.end(signal.SIGKILL)
    # `sleep` stands for what a child leaves behind; the next start ends that. The servers end by themselves.
    until(lambda: all(command.startswith("sleep") for command in run.alive()))
    assert [command for command in run.alive() if not command.startswith("sleep")] == []
    start().ready()


@pytest.mark.parametrize("name", ["postgres", "redis", "web"])
def test_a_killed_child_is_named_and_comes_back(start: Start, name: str) -> None:
    run = start().ready()
    killed = run.pid_of(name)
    os.kill(killed, signal.SIGKILL)
    run.wait_for("It starts again.")
    [line] = [line for line in run.said.splitlines() if "starts again" in line]
    assert "was ended by SIGKILL" in line
    assert str(run.data / "log") in line

    def is_back() -> bool:
        return run.pid_of(name) != killed

    until(is_back)
    assert is_back()
    assert run.end() == 0
    assert run.alive() == []


def test_a_child_that_keeps_dying_ends_everything(start: Start) -> None:
    run = start(TINY_DIES="1")
    assert run.process.wait(45) == 1
    assert "what it said last" in run.said
    assert "ended with exit code 3" in run.said
    assert run.alive() == []


@pytest.mark.parametrize("neighbour", [0, 1])
def test_a_port_in_use_is_one_line_and_leaves_nothing(data: Path, neighbour: int) -> None:
    port = free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + neighbour))
        other.listen()
        run = Run(data, port)
        assert run.process.wait(10) == 1
    assert run.said.startswith(f"cauce: Port {port + neighbour} is in use")
    assert len(run.said.splitlines()) == 1
    assert run.alive() == []


def test_only_one_may_use_a_data_directory(start: Start) -> None:
    first = start().ready()
    second = start()
    assert second.process.wait(10) == 1
    assert f"is in use by bin/run, process {first.process.pid}" in second.said
    assert first.process.poll() is None


def test_a_broken_data_directory_is_one_line(start: Start, data: Path) -> None:
    (data / "postgres" / "global" / "pg_control").write_bytes(b"broken")
    run = start()
    assert run.process.wait(20) == 1
    assert len(run.said.splitlines()) == 1
    assert "PostgreSQL could not start" in run.said
    assert run.alive() == []


def test_secrets_lost_beside_a_database_are_not_made_anew(start: Start, data: Path) -> None:
    (data / "secrets.json").unlink()
    run = start()
    assert run.process.wait(20) == 1
    assert "secrets.json is missing beside an existing database" in run.said


def test_secrets_are_for_their_owner_alone(data: Path) -> None:
    assert (data / "secrets.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_data_directory_of_somebody_else_is_refused(start: Start, data: Path) -> None:
    os.chown(data, 65534, 65534)
    run = start()
    assert run.process.wait(10) == 1
    assert "belongs to nobody, and you are root" in run.said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_full_disk_is_one_line(place: Path) -> None:
    small = place / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small], check=False).returncode:
        pytest.skip("no permission to mount here")
    try:
        run = Run(small / "data", 8998)
        assert run.process.wait(10) == 1
        assert "is full" in run.said
        assert len(run.said.splitlines()) == 1
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_file_as_data_directory_is_refused(place: Path) -> None:
    (place / "file").write_text("")
    run = Run(place / "file", 8998)
    assert run.process.wait(10) == 1
    assert "is a file" in run.said


def test_manage_uses_what_runs_and_starts_it_where_nothing_does(data: Path, start: Start) -> None:
    run = start().ready()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "VAR_DIR": str(data)}
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "crm.embedded.manage", "shell", "--no-imports", "-c"]
    ask = "from django.db import connection as c; k = c.cursor(); k.execute('select current_database()');"
    ask += " print(k.fetchone()[0])"

    def manage() -> str:
        return subprocess.run(
            [*command, ask], env=environment, capture_output=True, text=True, timeout=60, check=True
        ).stdout

    assert manage().split() == ["cauce"]
    assert run.end() == 0
    assert manage().split() == ["cauce"]
    assert run.alive() == []
