"""Makes `.venv` from a lock, each package checked by its hash. Any Python runs it, before `.venv` exists.

    python3.11 crm/embedded/environment.py run|dev

1. Where the stamp in `.venv` names this lock and this Python, nothing is done.
2. Else `.venv` is made, `uv` comes by pip from `requirements/bootstrap.lock`, and brings the rest in seconds.
3. Where uv fails, pip does the same, slower.
Whatever goes wrong ends as one line and exit code 1; the whole output is in build/environment.log.

Imports nothing of the project: it runs before the project can be imported.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
STAMP = VENV / "cauce-lock"
REQUIREMENTS = ROOT / "requirements"
LOG = ROOT / "build" / "environment.log"

# What pip knows about where packages come from, and uv's name for it.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
}


class EnvironmentRefusal(Exception):
    """One line for a person."""


def main(arguments: Sequence[str]) -> int:
    kind = arguments[0] if arguments else "run"
    if kind not in ("run", "dev"):
        print(f"environment: no such lock: {kind}", file=sys.stderr)
        return 2
    try:
        ensure(kind)
    except EnvironmentRefusal as refusal:
        print(f"cauce: {refusal}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cauce: {_explain(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("cauce: stopped.", file=sys.stderr)
        return 130
    return 0


def ensure(kind: str) -> None:
    """`.venv` holds what the lock `kind` names; "dev" holds all of "run"."""
    if _current(kind):
        return
    LOG.parent.mkdir(exist_ok=True)
    with (LOG.parent / ".environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _current(kind):  # another start made it while we waited
            return
        began = time.monotonic()
        print("Preparing the environment (first start, or new requirements)…", flush=True)
        LOG.write_text("")
        if STAMP.exists() and STAMP.read_text().startswith("dev "):
            kind = "dev"  # bin/run does not take away what bin/test needs
        _make_venv()
        STAMP.unlink(missing_ok=True)
        _install(kind)
        STAMP.write_text(_wanted(kind))
        print(f"The environment is ready ({time.monotonic() - began:.0f} s).", flush=True)


def _current(kind: str) -> bool:
    try:
        stamp = STAMP.read_text()
    except OSError:
        return False
    return stamp == _wanted("dev") or (kind == "run" and stamp == _wanted("run"))


def _wanted(kind: str) -> str:
    lock = REQUIREMENTS / f"{kind}.lock"
    if not lock.exists():
        return ""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    return f"{kind} {digest} {sys.version_info[0]}.{sys.version_info[1]}\n"


def _make_venv() -> None:
    python = VENV / "bin" / "python"
    if python.exists() and _run(
        [python, "-c", f"import pip, sys; assert sys.version_info[:2] == {sys.version_info[:2]}"]
    ):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if not _run([sys.executable, "-m", "venv", VENV]):
        said = LOG.read_text(errors="replace")
        shutil.rmtree(VENV, ignore_errors=True)
        if "ensurepip" in said and "No space" not in said:
            version = f"{sys.version_info[0]}.{sys.version_info[1]}"
            raise EnvironmentRefusal(
                f"This Python has no ensurepip, so no environment can be made. Install it"
                f" (on Debian and Ubuntu: apt install python{version}-venv) and start again."
            )
        raise EnvironmentRefusal(_explain(said))


def _install(kind: str) -> None:
    python = VENV / "bin" / "python"
    lock = REQUIREMENTS / f"{kind}.lock"
    pip: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-deps",
    ]
    uv = VENV / "bin" / "uv"
    if _run([*pip, "-r", REQUIREMENTS / "bootstrap.lock"]) and _run(
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", python, lock],
        {**os.environ, **uv_settings(python)},
    ):
        return
    if not _run([*pip, "-r", lock]):
        raise EnvironmentRefusal(_explain(LOG.read_text(errors="replace")))


def uv_settings(python: Path) -> dict[str, str]:
    """What pip is configured with on this machine, in uv's words; what is set for uv already stays."""
    listed = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout  # fmt: skip
    found: dict[str, str] = {}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        option = name.rpartition(".")[2]
        if option in PIP_TO_UV:
            words = value.strip("'\"").replace("\\n", " ").split()
            found[PIP_TO_UV[option]] = ("," if option == "find-links" else " ").join(words)
    if "UV_INDEX" in found:
        # pip looks for a version in all indexes; a hash says which file it must be.
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {name: value for name, value in found.items() if name not in os.environ}


def _run(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> bool:
    with LOG.open("ab") as log:
        return (
            subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, check=False
            ).returncode
            == 0
        )


def _explain(said: str) -> str:
    """One line for what pip, uv or venv said."""
    lowered = said.lower()
    if "no space left" in lowered or "errno 28" in lowered or "os error 28" in lowered:
        return f"The disk of {ROOT} is full. Free 1 GB and start again."
    if "do not match the hash" in lowered or "hash mismatch" in lowered:
        return f"A downloaded package is not the one in the lock (its hash differs). See {LOG}."
    if any(
        sign in lowered
        for sign in ("connection", "dns error", "failed to fetch", "name resolution", "timed out")
    ):
        return f"The packages could not be downloaded. Check the network, or pip's configuration. See {LOG}."
    if "permission denied" in lowered:
        return (
            f"{ROOT} can't be written to by you, and its environment has to be made. Start once as its owner."
        )
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"The environment could not be made: {lines[-1][:200] if lines else 'no output'} See {LOG}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
