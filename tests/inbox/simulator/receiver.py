"""The other side of the simulator: takes webhooks as Cauce would, and says what a test wants it to say."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from inbox.simulator.whatsapp import defaults


class Receiver(ThreadingHTTPServer):
    """`answers`: statuses for the next POSTs, 200 after them. `bodies`: what came rightly signed and was taken."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = []
        self.bodies = []
        self.raws = []
        self.forged = 0
        self.url = f"http://127.0.0.1:{self.server_port}/hooks/meta/abc/"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self):
        self.shutdown()
        self.server_close()
        self._thread.join()

    @property
    def values(self):
        return [
            change["value"] for body in self.bodies for entry in body["entry"] for change in entry["changes"]
        ]

    @property
    def messages(self):
        return [message for value in self.values for message in value.get("messages", [])]

    @property
    def statuses(self):
        return [status for value in self.values for status in value.get("statuses", [])]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query)
        right = asked["hub.verify_token"] == [defaults.VERIFY_TOKEN] and asked["hub.mode"] == ["subscribe"]
        self._say(200 if right else 403, asked["hub.challenge"][0].encode() if right else b"")

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        wanted = "sha256=" + hmac.new(defaults.APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()
        if self.headers.get("X-Hub-Signature-256") != wanted:
            self.server.forged += 1
            return self._say(403)
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status == 200:
            self.server.raws.append(raw)
            try:
                self.server.bodies.append(json.loads(raw))
            except ValueError:
                self.server.bodies.append({"entry": []})
        return self._say(status)

    def _say(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass
