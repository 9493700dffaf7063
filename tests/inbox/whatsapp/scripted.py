"""A Graph on loopback that says exactly what a test wants, also nothing and garbage."""

import http.server
import json
import threading
from contextlib import contextmanager


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, dict(self.headers.items()), body))
        step = self.server.script.pop(0)
        if step is None:  # hangs up amid the exchange
            self.close_connection = True
            return
        status, given, headers = (*step, {}) if len(step) == 2 else step
        content = given if isinstance(given, bytes) else json.dumps(given).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def log_message(self, *args):
        pass


@contextmanager
def graph(settings, *script):
    """`.seen`: (method, path, headers, body). Each step of the script is (status, JSON or bytes[, headers]) or None."""
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    running.seen, running.script = [], list(script)
    port = running.server_address[1]
    running.origin = settings.WHATSAPP_API_URL = f"http://127.0.0.1:{port}"
    settings.OUTBOUND_ALLOW = [f"127.0.0.1:{port}"]
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.shutdown()
        running.server_close()
        thread.join(5)


def refused(code, status=400, **error):
    return (status, {"error": {"code": code, "message": "no", **error}})


def accepted(wamid="wamid.NEW"):
    return (200, {"messages": [{"id": wamid, "message_status": "accepted"}]})
