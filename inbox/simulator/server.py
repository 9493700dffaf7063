"""The HTTP server: the providers' APIs, the control API and the page, on the loopback address only.

Trust boundary: a page of any website may send requests to 127.0.0.1 from a browser on this machine. So the Host must be
the loopback's (a name that resolves here gets nothing), and the control API takes JSON only, from no other origin.
"""

import contextlib
import json
import logging
import mimetypes
import queue
import re
import select
import socket
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from inbox.simulator import control
from inbox.simulator.misbehaviour import LONGEST, Fault
from inbox.simulator.provider import Provider
from inbox.simulator.web import Answer, NoSuchThing, Request, as_json

if TYPE_CHECKING:
    from inbox.simulator.simulator import Simulator

log = logging.getLogger("inbox.simulator")
PAGE = Path(__file__).parent / "page"
LARGEST = 110 * 1024 * 1024
BEAT = 15.0
PRINTABLE = re.compile(r"[^ -~]")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:;"
    " connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors http://127.0.0.1:* http://localhost:*"
)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, simulator: "Simulator", port: int) -> None:
        self.simulator = simulator
        self.ended = threading.Event()
        super().__init__(("127.0.0.1", port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Said in the log, not on the terminal."""
        log.error("a request failed", exc_info=sys.exception())


class Hangup(Exception):
    """The connection ends without an answer."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Cauce-simulator"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 65

    @property
    def simulator(self) -> "Simulator":
        return cast(Server, self.server).simulator

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet: the page shows what happens."""

    # One request

    def _serve(self) -> None:
        try:
            request = self._read()
            if request is None:
                return
            if not self._is_local():
                self._say(as_json({"error": "This server answers on the loopback address only."}, 403))
            elif request.path == "/control/events":
                self._stream()
            elif request.path.startswith("/control/"):
                self._say(self._controlled(request))
            elif request.method == "GET" and (page := _page(request.path)):
                self._say(page)
            else:
                self._say(self._asked(request))
        except Hangup:
            self.close_connection = True
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True

    def _read(self) -> Request | None:
        """None where it is too large to be read; that was answered."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._say(as_json({"error": {"message": "Request Entity Too Large", "code": 1}}, 413))
            return None
        split = urlsplit(self.path)
        return Request(
            self.command,
            unquote(split.path),
            dict(parse_qsl(split.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(length)),
        )

    def _is_local(self) -> bool:
        host = self.headers.get("Host", "").rpartition(":")
        origin = self.headers.get("Origin")
        here = {
            f"http://{name}:{cast(Server, self.server).server_port}" for name in ("127.0.0.1", "localhost")
        }
        return f"http://{host[0]}:{host[2]}" in here and (origin is None or origin in here)

    def _asked(self, request: Request) -> Answer:
        """A provider's API, with what was asked to go wrong."""
        provider = self.simulator.owner_of(request)
        area, line_id = provider.area_of(request)
        fault = provider.faults.take(area, line_id)
        if fault is not None:
            provider.changed("faults", faults=provider.listed_faults(), app=provider.key)
            if not fault.accepts:
                return self._failed(provider, fault)
            if fault.kind == "slow":
                self._wait(fault.seconds)
            if fault.kind == "accept_then_fail":
                request.fail_code = fault.code or 131026
        if area == "messages":
            provider.record(request)
        answer = provider.answer(request)
        if fault is not None and fault.kind not in ("slow", "accept_then_fail"):
            return self._failed(provider, fault)
        return answer

    def _failed(self, provider: Provider, fault: Fault) -> Answer:
        if (answer := provider.failed(fault)) is not None:
            return answer
        if fault.kind.endswith("hang"):
            self._wait(min(fault.seconds, LONGEST) if fault.kind == "slow" else LONGEST)
        raise Hangup

    def _wait(self, seconds: float) -> None:
        """Until then, or until the client or this server ends. Raises Hangup."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if cast(Server, self.server).ended.wait(0.02):
                raise Hangup
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise Hangup

    def _controlled(self, request: Request) -> Answer:
        if request.method == "POST" and not request.headers.get("content-type", "").startswith(
            "application/json"
        ):
            return as_json({"error": "JSON only"}, 415)
        try:
            return control.answer(self.simulator, request)
        except NoSuchThing as error:
            return as_json({"error": f"There is no {error}"}, 404)
        except (KeyError, TypeError, ValueError) as error:
            return as_json({"error": f"{type(error).__name__}: {error}"}, 400)

    def _stream(self) -> None:
        """Server-sent events until the page goes."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self._tell_all()
        finally:
            if not self.simulator.site.hub.is_heard:
                for provider in self.simulator.providers:
                    provider.close_chats()

    def _tell_all(self) -> None:
        with self.simulator.site.hub.listening() as events:
            self.wfile.write(b"retry: 1000\n\nevent: hello\ndata: {}\n\n")
            while not cast(Server, self.server).ended.is_set():
                try:
                    event = events.get(timeout=BEAT)
                except queue.Empty:
                    self.wfile.write(b": still here\n\n")
                    continue
                if event is None:
                    return
                self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")

    def _say(self, answer: Answer) -> None:
        """In one write, so that nothing waits for an acknowledgement."""
        headers = {
            "Date": self.date_time_string(),
            "Content-Type": PRINTABLE.sub("", answer.content_type),
            "Content-Length": str(len(answer.body)),
            "X-Content-Type-Options": "nosniff",
            **answer.headers,
            **({"Connection": "close"} if self.close_connection else {}),
        }
        phrase = self.responses.get(HTTPStatus(answer.status), ("", ""))[0]
        lines = [
            f"HTTP/1.1 {answer.status} {phrase}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
        self.wfile.write(head + answer.body)


def _page(path: str) -> Answer | None:
    """A file of the page, or None."""
    name = "index.html" if path == "/" else path.removeprefix("/page/")
    if path != "/" and name == path:
        return None
    file = (PAGE / name).resolve()
    if not file.is_relative_to(PAGE) or not file.is_file():
        return Answer(b"Not found", 404, "text/plain")
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith(("json", "javascript")):
        kind += "; charset=utf-8"
    headers = {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
    return Answer(file.read_bytes(), content_type=kind, headers=headers)


def stop(server: Server) -> None:
    server.ended.set()
    with contextlib.suppress(OSError):
        server.shutdown()
    server.server_close()
