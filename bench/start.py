"""`bin/run` in a fresh clone from nothing, then again; and what all its processes hold when idle.

Packages come from the caches of pip and npm where they are there: what is downloaded is not in the budget.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from crm.embedded.readiness import free_ports

ROOT = Path(__file__).resolve().parent.parent
READY = "Cauce is ready"
IDLE = 10  # seconds until memory is read


def measure() -> Iterator[Figure]:
    directory = Path(tempfile.mkdtemp(prefix="cauce-bench-"))
    directory.chmod(0o755)
    try:
        clone = directory / "cauce"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first, process = _start(clone)
        _stop(process)
        yield Figure("start.fresh_clone", first, "s", budget=90)
        again, process = _start(clone)
        time.sleep(IDLE)
        held = _memory(process.pid)
        _stop(process)
        yield Figure("start.again", again, "s", budget=8)
        yield Figure("memory.idle", held, "MiB")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _start(clone: Path) -> tuple[float, subprocess.Popen[str]]:
    """Seconds until it says that it is ready, and the process."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL")
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in kept or name.startswith(("PIP_", "UV_", "npm_", "SSL_"))
    }
    began = time.monotonic()
    process = subprocess.Popen(
        ["bin/run", "--port", str(free_ports())],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said = []
    for line in process.stdout or ():
        said.append(line)
        if READY in line:
            return time.monotonic() - began, process
    raise RuntimeError(f"bin/run ended:\n{''.join(said)[-2000:]}")


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def _memory(root: int) -> float:
    """Proportional set size of the process and all its descendants, in MiB."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue  # it ended meanwhile
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    family = {root}
    while grown := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= grown
    return sum(map(_pss, family)) / 1024


def _pss(pid: int) -> float:
    """KiB; 0 for one that ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:"))
