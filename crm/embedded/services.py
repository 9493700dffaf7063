"""PostgreSQL and Redis for one data directory: embedded, or the real ones that the environment names."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from crm.embedded.binaries import can_reach, postgres_programs
from crm.embedded.children import Child, end_leftovers
from crm.embedded.datadir import DataDir
from crm.embedded.postgres import Cluster
from crm.embedded.redis import RedisServer

ROOT = Path(__file__).resolve().parents[2]
SOCKET_LIMIT = 107  # bytes of a Unix socket's path that Linux takes


class Services:
    def __init__(self, data: DataDir) -> None:
        """`data` is ours (acquired)."""
        self.data = data
        self.cluster: Cluster | None = None
        self.redis: RedisServer | None = None
        self.runtime: Path | None = None
        self._configured = configured()

    @property
    def environment(self) -> dict[str, str]:
        """What Django needs to know, beyond the environment it inherits. PYTHONPATH and secrets included."""
        made = {
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "crm.settings",
            "VAR_DIR": str(self.data.path),
        }
        made |= {name: value for name, value in self.data.secrets().items() if name not in self._configured}
        if self.cluster:
            made["DATABASE_URL"] = self.cluster.url
        if self.redis:
            made["REDIS_URL"] = self.redis.url
        return made

    def start(self) -> None:
        """Start what is not configured otherwise. Raises Refusal; then `stop` ends what was started."""
        self.data.secrets()
        self._clear_leftovers()
        embed_database = "DATABASE_URL" not in self._configured
        embed_redis = "REDIS_URL" not in self._configured
        if not (embed_database or embed_redis):
            return
        self.runtime = _runtime(self.data.path)
        if embed_redis:
            self.redis = RedisServer(self.runtime, log=self.data.log("redis"))
            self.redis.start()
        if embed_database:
            self.cluster = Cluster(
                self.data.path / "postgres", runtime=self.runtime, log=self.data.log("postgres")
            )
            self.cluster.start()

    def stop(self, *, at_once: bool = False) -> None:
        """Redis first: nothing is lost with it."""
        if self.redis:
            self.redis.stop()
        if self.cluster:
            self.cluster.stop(at_once=at_once)
        self._remove_runtime(self.runtime)

    def processes(self) -> list[Child]:
        return [owner.process for owner in (self.redis, self.cluster) if owner and owner.process]

    def _clear_leftovers(self) -> None:
        """What a supervisor that was killed left: processes that may still be ending, and its sockets."""
        left = self.data.state()
        if left is None:
            return
        end_leftovers({int(pid): who for pid, who in left["identities"].items()}, "=".join(self.data.mark))
        if left["runtime"]:
            self._remove_runtime(Path(left["runtime"]))

    def _remove_runtime(self, runtime: Path | None) -> None:
        if runtime is None:
            return
        ours = runtime == self.data.path / "run" or (
            runtime.parent == Path(tempfile.gettempdir()) and runtime.name.startswith("cauce-")
        )
        if ours and runtime.exists() and not runtime.is_symlink() and runtime.stat().st_uid == os.geteuid():
            shutil.rmtree(runtime, ignore_errors=True)


def _runtime(data: Path) -> Path:
    """A directory for sockets: in the data directory, or a private one under the temp directory.

    The latter where the path is too long for a socket, or where root's PostgreSQL can't pass.
    """
    near = data / "run"
    near.mkdir(mode=0o700, exist_ok=True)
    short = len(os.fsencode(near / "pg" / ".s.PGSQL.5432.lock")) <= SOCKET_LIMIT
    owner = postgres_programs().owner
    if owner:
        near.chmod(0o711)
    if short and (owner is None or can_reach(owner, near)):
        return near
    near.rmdir()
    return Path(tempfile.mkdtemp(prefix="cauce-"))


def configured() -> Mapping[str, str]:
    """The environment, with `.env` behind it; what is set to nothing is not set."""
    merged = {**_dotenv(), **os.environ}
    return {name: value for name, value in merged.items() if value}


def _dotenv() -> dict[str, str]:
    try:
        lines = (ROOT / ".env").read_text().splitlines()
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            found[name.strip()] = value.strip().strip("'\"")
    return found
