"""Processes that can't outlive us.

A child gets a session of its own, so that Ctrl-C in the terminal reaches only the supervisor and the end
comes in order. Should the supervisor be killed, the kernel signals each child (PR_SET_PDEATHSIG).
Grandchildren whose parent died come to us (PR_SET_CHILD_SUBREAPER) and are reaped.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from crm.embedded.forks import Fork
from crm.embedded.last_words import last_words

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans() -> None:
    """Grandchildren that lose their parent become ours; `reap_orphans` must then be called now and then."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@dataclass(frozen=True)
class Owner:
    """As whom a child runs."""

    uid: int
    gid: int
    name: str


class Child:
    """One process with its log file."""

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes] | Fork,
        *,
        log: Path,
        began: int,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """`stop_signal` ends it politely; `began` is where its part of the log begins."""
        self.name = name
        self.log = log
        self._process = process
        self._stop_signal = stop_signal
        self._began = began

    @classmethod
    def program(
        cls,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        owner: Owner | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals = signal.SIGTERM,
    ) -> "Child":
        """Any program, as `owner`; it gets `death_signal` if the supervisor is killed."""
        identity: dict[str, Any] = {}
        if owner is not None:
            identity = {"user": owner.uid, "group": owner.gid, "extra_groups": []}
        with _opened(log) as (output, began):
            process = subprocess.Popen(
                [str(part) for part in command],
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                # Run after setuid, which would clear it. Unsafe only beside other threads, and we have none.
                preexec_fn=die_with_parent(death_signal),  # noqa: PLW1509
                **identity,
            )
        return cls(name, process, log=log, began=began, stop_signal=stop_signal)

    @classmethod
    def module(
        cls,
        name: str,
        module: str,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        death_signal: signal.Signals = signal.SIGTERM,
    ) -> "Child":
        """`python -m module arguments`, forked from us."""
        with _opened(log) as (output, began):
            process = Fork(
                name,
                module,
                arguments,
                env=env,
                cwd=cwd,
                output=output,
                prepare=die_with_parent(death_signal),
            )
        return cls(name, process, log=log, began=began)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code once it ended; negative: the signal that ended it."""
        return self._process.poll()

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self.code
        if code is None:
            return "still runs"
        if code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"

    def wait(self, seconds: float | None = None) -> int | None:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """Ask it to end."""
        self.send(self._stop_signal)

    def send(self, number: signal.Signals) -> None:
        if self.code is None:
            self._process.send_signal(number)

    def kill_group(self) -> None:
        """End it and what it left in its session, at once."""
        # Nobody may be left in the group, or its number may belong to someone else by now.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if self.code is None:
            self._process.kill()
            self._process.wait()

    def last_words(self) -> str:
        """What its log says about its end, in one line; empty where it says nothing."""
        return last_words(self.log, self._began)


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` that asks the kernel to send `number` to the child when this process dies."""
    parent = os.getpid()

    def ask() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died in between: no signal would ever come
            _exit_now()

    return ask


def _exit_now() -> NoReturn:
    os._exit(1)


@contextlib.contextmanager
def _opened(log: Path) -> Iterator[tuple[int, int]]:
    """Its descriptor, and its length by now."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        yield output, os.fstat(output).st_size
    finally:
        os.close(output)


def reap_orphans(known: set[int]) -> None:
    """Collect adopted grandchildren that ended; never those in `known`, whose exit codes are wanted."""
    for pid in _children():
        if pid not in known:
            with contextlib.suppress(ChildProcessError):  # somebody's Popen was quicker
                os.waitpid(pid, os.WNOHANG)


def kill_orphans(known: set[int], seconds: float = 2.0) -> None:
    """End every adopted grandchild, and their children as they come to us."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        orphans = [pid for pid in _children() if pid not in known]
        if not orphans:
            return
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _children() -> list[int]:
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    try:
        return [int(pid) for pid in listed.read_text().split()]
    except OSError:  # a kernel without CONFIG_PROC_CHILDREN
        return []


def identity(pid: int) -> str | None:
    """The moment a process started, in clock ticks since boot: with the pid it names one process for ever."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *rest = stat.rpartition(")")[2].split()
    return None if state == "Z" else rest[18]


def end_leftovers(recorded: Mapping[int, str], mark: str, seconds: float = 15.0) -> None:
    """End what a killed supervisor left; most of it is ending already.

    That is the processes it recorded (pid → identity), and whatever has `mark` ("NAME=value") in its environment:
    children of its children. PostgreSQL and Redis write over theirs, so that both are needed.
    """
    left = {**recorded, **_marked(mark)}
    deadline = time.monotonic() + seconds
    alive = [pid for pid, who in left.items() if identity(pid) == who]
    for pid in alive:
        _signal_if(pid, left[pid], signal.SIGTERM)
    while alive and time.monotonic() < deadline:
        time.sleep(0.05)
        alive = [pid for pid in alive if identity(pid) == left[pid]]
    for pid in alive:
        _signal_if(pid, left[pid], signal.SIGKILL)


def _marked(mark: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):  # it ended, or is somebody else's
            if mark.encode() in (entry / "environ").read_bytes().split(b"\0") and (
                who := identity(int(entry.name))
            ):
                found[int(entry.name)] = who
    return found


def _signal_if(pid: int, who: str, number: signal.Signals) -> None:
    if identity(pid) == who:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
