"""`bin/run` with processes that start at once: what is tested is the supervisor, over real PostgreSQL and Redis.

    python -m tests.embedded.tiny --port N --data DIR

Each process serves 200 at every path of its port; `web` has a child of its own, as granian has.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

from crm.embedded.children import Child
from crm.embedded.datadir import DataDir
from crm.embedded.processes import Application
from crm.embedded.run import parse
from crm.embedded.supervisor import Supervisor


class TinyApplication(Application):
    def processes(self) -> list[tuple[str, Callable[[], Child]]]:
        def start(name: str, port: int) -> Callable[[], Child]:
            return lambda: self._child(name, name, "tests.embedded.tiny", ["serve", str(port)])

        return [("web", start("web", self._port)), ("live", start("live", self._port + 1))]


class TinySupervisor(Supervisor):
    def _start_application(self) -> None:
        app = TinyApplication(self._data, self._services.environment, port=self._port, demo=False)
        for name, start in app.processes():
            self._watch.add(name, start)


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_request(self, *args: object) -> None:
        """Says nothing."""


def serve(port: int) -> None:
    subprocess.Popen(["sleep", "600"])
    if os.environ.get("TINY_DIES"):
        threading.Timer(0.3, lambda: os._exit(3)).start()
        sys.stderr.write("what it said last\n")
    HTTPServer(("127.0.0.1", port), Answer).serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    else:
        chosen = parse(sys.argv[1:])
        sys.exit(TinySupervisor(DataDir(chosen.data), port=chosen.port, demo=False).run())
