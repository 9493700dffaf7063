"""What a data directory holds beside PostgreSQL's own: the lock, secrets, the state of who runs, logs.

lock          held (flock) by the one `bin/run` or `bin/manage` that owns the services
state.json    who that is, the addresses of its services, its processes
secrets.json  SECRET_KEY, FIELD_KEYS and HASH_KEY, made once, 0600
prepared      the stamp of what was last migrated here
demo.txt      what `manage.py demo` printed
log/  run/  postgres/  media/  mail/
"""

import base64
import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypedDict

from crm.embedded.children import identity
from crm.embedded.errors import Refusal, explain

MIN_FREE_BYTES = 200 * 1024 * 1024
SECRETS: Mapping[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "FIELD_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),  # one Fernet key
    "HASH_KEY": lambda: secrets.token_urlsafe(48),
}


class State(TypedDict):
    """What the owner of a data directory tells others."""

    pid: int
    command: str
    environment: dict[str, str]  # addresses and secrets for Django; empty until the services are up
    runtime: str  # directory of the sockets
    processes: dict[str, int]  # name → pid
    identities: dict[str, str]  # pid → identity


class DataDir:
    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    def open(self) -> None:
        """Make it where it is missing and check that it is ours, writable, and not full. Raises Refusal."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            owner = self.path.stat().st_uid
            if owner != os.geteuid():
                raise Refusal(
                    f"{self.path} belongs to {_user_name(owner)}, and you are {_user_name(os.geteuid())}."
                    " Start as its owner, or give another directory with --data."
                )
            # Root's PostgreSQL runs as somebody else, who must pass through to its own directory.
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            (self.path / "log").mkdir(mode=0o700, exist_ok=True)
            room = os.statvfs(self.path)
        except FileExistsError as error:
            raise Refusal(f"{self.path} is a file; --data wants a directory.") from error
        except OSError as error:
            raise Refusal(explain(error)) from error
        if room.f_bavail * room.f_frsize < MIN_FREE_BYTES:
            free = room.f_bavail * room.f_frsize // (1024 * 1024)
            raise Refusal(
                f"The disk of {self.path} is full: {free} MB free, {MIN_FREE_BYTES // 1024**2} MB are needed."
            )

    def acquire(self) -> bool:
        """Become its owner; False where another process is. The lock goes with our process."""
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    @property
    def mark(self) -> tuple[str, str]:
        """A variable that the processes of `bin/run` carry, so that the next start knows them."""
        return "CAUCE_SUPERVISED", str(self.path)

    def release(self) -> None:
        if self._lock is not None:
            (self.path / "state.json").unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    def state(self) -> State | None:
        """What the owner last wrote; None without one (also where a killed one left half a file)."""
        try:
            state: State = json.loads((self.path / "state.json").read_text())
        except (OSError, ValueError):
            return None
        return state

    def owner(self) -> str:
        """Who owns it, in words."""
        state = self.state()
        return f"{state['command']}, process {state['pid']}" if state else "another Cauce"

    def write_state(
        self, command: str, *, environment: dict[str, str], runtime: Path | None, processes: dict[str, int]
    ) -> None:
        state: State = {
            "pid": os.getpid(),
            "command": command,
            "environment": environment,
            "runtime": str(runtime or ""),
            "processes": processes,
            "identities": {str(pid): who for pid in processes.values() if (who := identity(pid)) is not None},
        }
        self._write("state.json", json.dumps(state))

    def secrets(self) -> dict[str, str]:
        """The keys of this data directory by the names of their variables, made at first need. Raises Refusal."""
        file = self.path / "secrets.json"
        kept: dict[str, str] = {}
        if file.exists():
            try:
                kept = {str(name): str(value) for name, value in json.loads(file.read_text()).items()}
            except (ValueError, AttributeError) as error:
                raise Refusal(
                    f"{file} is damaged. Restore it from a backup: it decrypts the encrypted fields."
                ) from error
        elif (self.path / "postgres").exists() and any((self.path / "postgres").iterdir()):
            raise Refusal(
                f"{file} is missing beside an existing database. Restore it from a backup, or start with an"
                " empty directory: --data DIR."
            )
        missing = [name for name in SECRETS if name not in kept]
        if missing:
            kept |= {name: SECRETS[name]() for name in missing}
            self._write("secrets.json", json.dumps(kept))
        return kept

    def log(self, name: str) -> Path:
        """The log file of a process; the one of the last run is kept beside it as `.1`."""
        file = self.path / "log" / f"{name}.log"
        if file.exists() and file.stat().st_size:
            file.replace(file.with_suffix(".log.1"))
        return file

    def read(self, name: str) -> str:
        try:
            return (self.path / name).read_text()
        except OSError:
            return ""

    def write(self, name: str, text: str) -> None:
        self._write(name, text)

    def _write(self, name: str, text: str) -> None:
        """Whole or not at all, readable by us alone."""
        new = self.path / f".{name}.{os.getpid()}"
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path / name)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise Refusal(explain(error)) from error


class Guests:
    """The `bin/manage` that use the services of another one, which waits for them before it ends."""

    def __init__(self, data: DataDir) -> None:
        self._file = os.open(data.path / "guests", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def enter(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def none_left(self) -> bool:
        """True once the last guest went; the next ones must then find the services gone."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait(self) -> None:
        while not self.none_left():
            time.sleep(0.1)


def _user_name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
