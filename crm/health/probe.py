"""A container's health check: `python -m crm.health.probe http://127.0.0.1:8000/healthz`. Exit code 0 or 1.

With a path instead of an address, 0 means that the file was touched within the last minute (HEARTBEAT_FILE).
Asking over HTTP, it names the first of ALLOWED_HOSTS as its host and says that it came by TLS, as the proxy would.
Standard library only, so that it starts in a blink.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request

TIMEOUT = 4.0  # seconds
STALE = 60.0  # seconds


def main(arguments: list[str]) -> int:
    if arguments[0].startswith("/"):
        return _is_stale(arguments[0])
    host = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip().lstrip(".") or "127.0.0.1"
    request = urllib.request.Request(  # noqa: S310 - the address is the image's own
        arguments[0], headers={"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT) as response:
            return 0 if response.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


def _is_stale(path: str) -> int:
    try:
        return int(time.time() - os.stat(path).st_mtime > STALE)  # noqa: PTH116 - pathlib doubles the start
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
