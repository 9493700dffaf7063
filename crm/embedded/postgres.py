"""One PostgreSQL cluster of our own: made, checked, started, stopped.

    with Cluster(directory, fsync=False) as cluster:
        cluster.url            # postgres://cauce@/cauce?host=…
        cluster.url_of("other")

It listens on a socket only. Who may connect is the operating system's word (`peer`): the user who started it.
It ends with the thread that started it, should that end first. The role `cauce` owns the database `cauce` and may
create databases; it is no superuser, as on a real server.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from crm.embedded.binaries import Programs, postgres_programs
from crm.embedded.children import Child, identity
from crm.embedded.errors import Refusal, explain
from crm.embedded.last_words import first_fatal
from crm.embedded.postgres_settings import environment, options

VERSION = "18"
DATABASE = ROLE = "cauce"
EXTENSIONS = ("pg_trgm", "unaccent")
START_SECONDS = 120  # crash recovery of a large database takes its time


class Cluster:
    def __init__(
        self,
        directory: Path,
        *,
        fsync: bool = True,
        runtime: Path | None = None,
        log: Path | None = None,
        death_signal: signal.Signals = signal.SIGINT,
    ) -> None:
        """`directory` holds the data, `runtime` the socket; None: a private temporary directory."""
        self.directory = directory.absolute()
        self.log = log or self.directory.with_name(f"{self.directory.name}.log")
        self.process: Child | None = None
        self._fsync = fsync
        self._programs: Programs = postgres_programs()
        self._own_runtime = runtime is None
        self._runtime = runtime
        self._death_signal = death_signal

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The address of a database of this cluster, for Django and for PostgreSQL's own programs."""
        return f"postgres://{ROLE}@/{database}?host={quote(str(self._sockets), safe='/')}"

    def program(self, name: str) -> Path:
        """`psql`, `pg_dump`, … of the same version."""
        return self._programs[name]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Make it where it is empty, start it, wait for recovery, check it. Raises Refusal."""
        try:
            fresh = self._make()
            if self._runtime is None:
                self._runtime = Path(tempfile.mkdtemp(prefix="cauce-"))
            self._prepare_sockets()
            self._write_access()
        except OSError as error:
            self._remove_runtime()
            raise Refusal(explain(error)) from error
        try:
            self.launch()
            if fresh:
                self._make_database()
            self._grant()
            self._check()
        except BaseException:
            self.stop(at_once=fresh)
            raise

    def launch(self) -> None:
        """Start the server over what `start` prepared and wait until it takes connections. Raises Refusal."""
        began = self.log.stat().st_size if self.log.exists() else 0
        self.process = self._spawn("postgres", *options(self._sockets, fsync=self._fsync), log=self.log)
        deadline = time.monotonic() + START_SECONDS
        while not self._takes_connections():
            if self.process.code is not None:
                raise Refusal(self._why(began))
            if time.monotonic() > deadline:
                raise Refusal(f"PostgreSQL did not start within {START_SECONDS} s; see {self.log}.")
            time.sleep(0.02)

    def stop(self, *, at_once: bool = False, seconds: float = 30.0) -> None:
        """End it: fast (sessions are cut, all is on disk), or at once (the next start recovers)."""
        if self.process is not None:
            self.process.send(signal.SIGQUIT if at_once else signal.SIGINT)
            if self.process.wait(seconds) is None:
                self.process.send(signal.SIGQUIT)
                if self.process.wait(5) is None:
                    self.process.kill_group()
            self.process = None
        self._remove_runtime()

    def sql(self, statement: str, *, database: str = DATABASE, role: str = ROLE) -> str:
        """The answer to one statement, columns parted by `|`, one row a line. Raises Refusal."""
        done = subprocess.run(
            [self._programs["psql"], "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self._sockets, "-U", role,
             "-d", database, "-c", statement],
            env=environment(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Refusal(
                f"PostgreSQL: {done.stderr.strip().splitlines()[-1] if done.stderr else 'no answer'}"
            )
        return done.stdout.strip()

    # Making

    def _make(self) -> bool:
        """True where the cluster was made now."""
        if self._interrupted.exists():  # what a killed start left half made holds nothing of anybody's
            shutil.rmtree(self.directory, ignore_errors=True)
        if self.directory.exists() and any(self.directory.iterdir()):
            self._refuse_broken()
            self._forget_stranger()
            return False
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        self._interrupted.touch(mode=0o600)
        self.directory.mkdir(exist_ok=True, mode=0o700)
        self.directory.chmod(0o700)
        if owner := self._programs.owner:
            os.chown(self.directory, owner.uid, owner.gid)
        # The builtin provider is not enough: pg_trgm asks the C library (lc_ctype) what a letter is.
        command = [
            "-U", "postgres", "-A", "peer", "--no-instructions", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--lc-ctype=C.UTF-8",
        ]  # fmt: skip
        if not self._fsync:
            command.append("--no-sync")
        made = self._spawn("initdb", *command, log=self.log)
        if made.wait(START_SECONDS) != 0:
            why = first_fatal(self.log, 0)
            made.kill_group()
            shutil.rmtree(self.directory, ignore_errors=True)
            self._interrupted.unlink(missing_ok=True)
            raise Refusal(f"PostgreSQL's data could not be made: {why}")
        return True

    @property
    def _interrupted(self) -> Path:
        return self.directory.with_name(f".{self.directory.name}.unfinished")

    def _refuse_broken(self) -> None:
        owner = self._programs.owner
        expected = owner.uid if owner else os.geteuid()
        if self.directory.stat().st_uid != expected:
            raise Refusal(
                f"{self.directory} belongs to user {self.directory.stat().st_uid}, not {expected}."
                " Start as the one who made it, or give another directory with --data."
            )
        try:
            version = (self.directory / "PG_VERSION").read_text().strip()
        except OSError:
            version = ""
        way_out = "Restore a backup, or give another directory with --data."
        if not version:
            raise Refusal(
                f"{self.directory} is no PostgreSQL data directory: PG_VERSION is missing. {way_out}"
            )
        if version != VERSION:
            raise Refusal(f"{self.directory} was made by PostgreSQL {version}, this is {VERSION}. {way_out}")

    def _forget_stranger(self) -> None:
        """Drop a postmaster.pid whose number belongs to somebody else by now, as after a container's end.

        PostgreSQL itself copes with the number of nobody, and rightly refuses beside a server that lives.
        """
        file = self.directory / "postmaster.pid"
        try:
            pid = int(file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        deadline = time.monotonic() + 10
        while identity(pid) is not None and _works_in(pid, self.directory):
            if time.monotonic() > deadline:
                raise Refusal(f"Another PostgreSQL, process {pid}, runs over {self.directory}. End it first.")
            time.sleep(0.05)
        if identity(pid) is not None:
            file.unlink(missing_ok=True)

    def _prepare_sockets(self) -> None:
        self._sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sockets.chmod(0o700)
        for stale in self._sockets.iterdir():
            stale.unlink()
        if owner := self._programs.owner:
            self._sockets.parent.chmod(0o711)
            os.chown(self._sockets, owner.uid, owner.gid)

    def _write_access(self) -> None:
        """Only the operating system's user who starts us may connect, as `cauce` or as the superuser."""
        import pwd

        try:
            me = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError as error:
            raise Refusal(
                f"The user {os.geteuid()} has no name on this machine, which PostgreSQL needs. Give"
                " it one, or set DATABASE_URL to a PostgreSQL of your own."
            ) from error
        self._write_config("pg_hba.conf", "local all all peer map=cauce\n")
        self._write_config("pg_ident.conf", f'cauce "{me}" {ROLE}\ncauce "{me}" postgres\n')

    def _write_config(self, name: str, text: str) -> None:
        file = self.directory / name
        file.write_text(text)
        file.chmod(0o600)
        if owner := self._programs.owner:
            os.chown(file, owner.uid, owner.gid)

    def _make_database(self) -> None:
        self.sql(f"CREATE ROLE {ROLE} LOGIN CREATEDB", database="postgres", role="postgres")
        self.sql(f"CREATE DATABASE {DATABASE} OWNER {ROLE}", database="postgres", role="postgres")
        self.sql("; ".join(f"CREATE EXTENSION {name}" for name in EXTENSIONS), role="postgres")
        self._interrupted.unlink()

    def _grant(self) -> None:
        """What checking foreign keys by statement asks for; see `crm.tenancy.references`."""
        self.sql(
            f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}", database="postgres", role="postgres"
        )

    def _check(self) -> None:
        """In a locale that is not UTF-8, pg_trgm drops every letter beyond ASCII without a word."""
        if self.sql("SELECT show_trgm('ñ') <> '{}'") != "t":
            raise Refusal(
                f"The database in {self.directory} has a locale in which pg_trgm loses letters such as ñ."
                " Make it anew with the builtin locale C.UTF-8."
            )

    # Running

    @property
    def _sockets(self) -> Path:
        if self._runtime is None:
            raise RuntimeError("the cluster has not been started")
        return self._runtime / "pg"

    def _spawn(self, program: str, *arguments: str, log: Path) -> Child:
        """A program over our data directory, named by `/proc/self/cwd`.

        Root's PostgreSQL may not be allowed to pass through the directories above its own (a checkout in
        root's home); it never has to, as we are there before it becomes somebody else.
        """
        return Child.program(
            "postgres",
            [self._programs[program], "-D", "/proc/self/cwd", *arguments],
            env=environment(),
            cwd=self.directory,
            log=log,
            owner=self._programs.owner,
            stop_signal=signal.SIGINT,
            death_signal=self._death_signal,
        )

    def _takes_connections(self) -> bool:
        """What `pg_ctl` asks too: the eighth line of postmaster.pid, of our own server."""
        try:
            lines = (self.directory / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        ours = self.process is not None and lines[:1] == [str(self.process.pid)]
        return ours and len(lines) >= 8 and lines[7].strip() == "ready"

    def _why(self, began: int) -> str:
        why = first_fatal(self.log, began)
        if "No space left on device" in why:
            return f"The disk of {self.directory} is full. Free some space and start again."
        return f"PostgreSQL could not start: {why} See {self.log}; data: {self.directory}."

    def _remove_runtime(self) -> None:
        if self._own_runtime and self._runtime is not None:
            shutil.rmtree(self._runtime, ignore_errors=True)
            self._runtime = None


def _works_in(pid: int, directory: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(directory)
    except OSError:
        return False
