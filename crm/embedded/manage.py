"""`bin/manage`: manage.py with the services it needs.

1. Where DATABASE_URL and REDIS_URL are both configured, or the command needs no service, manage.py just runs.
2. Where `bin/run` (or another `bin/manage`) holds the data directory, its services are used.
3. Else they are started, manage.py runs, and they end; while other `bin/manage` still use them, that waits.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from crm.embedded.children import adopt_orphans, die_with_parent, kill_orphans
from crm.embedded.datadir import DataDir, Guests
from crm.embedded.errors import Refusal, explain
from crm.embedded.services import ROOT, Services, configured

WAIT_SECONDS = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    data = DataDir(Path(configured().get("VAR_DIR", ROOT / "var")))
    try:
        data.open()
        while True:
            if data.acquire():
                return _with_services(data, arguments)
            environment = _of_owner(data)
            if environment is not None:
                guests = Guests(data)
                guests.enter()
                if data.state() is not None:  # it may have ended while we came in
                    return _django(arguments, environment)
    except Refusal as refusal:
        print(f"cauce: {refusal}", file=sys.stderr)
    except OSError as error:
        print(f"cauce: {explain(error)}", file=sys.stderr)
    return 1


def _with_services(data: DataDir, arguments: Sequence[str]) -> int:
    # SIGINT reaches manage.py too, from the terminal; we go on to end the services behind it.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    adopt_orphans()
    services = Services(data)
    try:
        services.start()
        data.write_state(
            "bin/manage",
            environment=services.environment,
            runtime=services.runtime,
            processes={process.name: process.pid for process in services.processes()},
        )
        code = _django(arguments, services.environment)
        Guests(data).wait()
        return code
    except KeyboardInterrupt:
        return 130
    finally:
        services.stop()
        kill_orphans(set())
        data.release()


def _of_owner(data: DataDir) -> Mapping[str, str] | None:
    """The environment of whoever holds the data directory; None once nobody does. Raises Refusal."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        state = data.state()
        if state is not None and state["environment"]:
            return state["environment"]
        if data.acquire():
            data.release()
            return None
        time.sleep(0.1)
    raise Refusal(
        f"{data.path} is in use by {data.owner()}, which has not finished its start in {WAIT_SECONDS:.0f} s."
    )


def _django(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """manage.py in the caller's directory and terminal; its exit code."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env={**os.environ, **environment},
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - there is no other thread here
    )
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            continue  # the terminal told manage.py as well
        except SystemExit:
            process.terminate()
            process.wait()
            raise
        return 128 - code if code < 0 else code


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
