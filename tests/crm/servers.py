"""A small HTTP server on loopback that misbehaves on demand."""

import gzip
import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.command, self.path, dict(self.headers.items()), self._body()))
        getattr(self, "at_" + self.path.strip("/").split("?")[0].replace("-", "_"), self.at_other)()

    do_POST = do_GET  # noqa: N815 - http.server's name

    def at_other(self):
        self.answer(b"hello", **{"Set-Cookie": "tracked=1; Path=/"})

    def at_json(self):
        self.answer(b'{"ok": true}', **{"Content-Type": "application/json"})

    def at_missing(self):
        self.answer(b"no", status=404)

    def at_packed(self):
        self.answer(gzip.compress(b"hello " * 1000), **{"Content-Encoding": "gzip"})

    def at_bomb(self):
        self.answer(gzip.compress(b"\0" * 20_000_000, 9), **{"Content-Encoding": "gzip"})

    def at_declared(self):
        self.send_response(200)
        self.send_header("Content-Length", str(10**12))
        self.end_headers()

    def at_endless(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
        except OSError:
            self.close_connection = True

    def at_drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b".")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def at_silent(self):
        time.sleep(1.5)
        self.close_connection = True

    def at_cut(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def at_to_metadata(self):
        self.redirect(302, "http://169.254.169.254/latest/meta-data/")

    def at_to_json(self):
        self.redirect(302, "/json")

    def at_to_file(self):
        self.redirect(302, "file:///etc/passwd")

    def at_round(self):
        self.redirect(302, "/round")

    def at_keep(self):
        self.redirect(307, "/json")

    def at_away(self):
        self.redirect(302, self.server.away)

    def at_away_keep(self):
        self.redirect(307, self.server.away)

    def answer(self, body, status=200, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def redirect(self, status, target):
        self.answer(b"", status=status, Location=target)

    def _body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def log_message(self, *args):
        pass


@contextmanager
def server(host: str = "127.0.0.1") -> Iterator[http.server.ThreadingHTTPServer]:
    """A running server; `.seen` lists (method, path, headers, body), `.origin` is its address."""
    running = http.server.ThreadingHTTPServer((host, 0), Handler)
    running.daemon_threads = True
    running.seen = []
    running.away = ""
    running.port = running.server_address[1]
    running.origin = f"http://{host}:{running.port}"
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.shutdown()
        running.server_close()
        thread.join(5)
