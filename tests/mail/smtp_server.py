"""A mail server on loopback, in a thread of its own, that answers as it is told.

Speaks the part of RFC 5321 that a submitting client uses: EHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT, in plain text.
"""

import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

Answer = str | None  # a line; "" hangs up; None says nothing, until the client gives up


@dataclass(frozen=True)
class Delivered:
    """What the server accepted, i.e. answered with 250 after the final dot (or meant to)."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    at: float

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class Behaviour:
    """What is answered at each step. A function is given the step's argument and may answer by it."""

    greeting: Answer = "220 fake ready"
    mail: Callable[[str], Answer] | Answer = "250 2.1.0 ok"
    rcpt: Callable[[str], Answer] | Answer = "250 2.1.5 ok"
    data: Answer = "354 go on"
    text: Callable[[Delivered], Answer] | Answer = "250 2.0.0 taken as 17"
    pause: float = 0.0  # seconds before the answer to the text
    drip: float = 0.0  # seconds between the bytes of that answer


class SmtpServer:
    def __init__(self) -> None:
        self.behaviour = Behaviour()
        self.delivered: list[Delivered] = []  # with a 2xx after the text, also if the client never read it
        self.texts: list[Delivered] = []  # every text that was complete
        self.connections = 0
        self.lock = threading.Lock()
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    _Session(server, self).run()
                except (OSError, ValueError):
                    return

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> "SmtpServer":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}/"


@dataclass
class _Session:
    server: SmtpServer
    handler: socketserver.StreamRequestHandler
    sender: str = ""
    recipients: list[str] = field(default_factory=list)

    def run(self) -> None:
        with self.server.lock:
            self.server.connections += 1
        self._say(self.server.behaviour.greeting)
        while line := self.handler.rfile.readline(2000).decode("utf-8", "replace").strip():
            verb = line[:4].upper()
            if verb in ("EHLO", "HELO", "RSET", "NOOP"):
                self._say("250 fake")
            elif verb == "MAIL":
                self.sender, self.recipients = _path(line), []
                self._say(self.server.behaviour.mail, self.sender)
            elif verb == "RCPT":
                if self._say(self.server.behaviour.rcpt, _path(line)).startswith("2"):
                    self.recipients.append(_path(line))
            elif verb == "DATA":
                if self._say(self.server.behaviour.data).startswith("3"):
                    self._text()
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("502 what?")

    def _text(self) -> None:
        lines = []
        while (line := self.handler.rfile.readline()) != b".\r\n":
            if not line:
                return
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        delivered = Delivered(self.sender, tuple(self.recipients), b"".join(lines), time.monotonic())
        behaviour = self.server.behaviour
        answer = behaviour.text(delivered) if callable(behaviour.text) else behaviour.text
        with self.server.lock:
            self.server.texts.append(delivered)
            if answer and answer.startswith("2"):
                self.server.delivered.append(delivered)
        self.server.stopping.wait(behaviour.pause)
        if behaviour.drip:
            self._drip(str(answer))
        self._say(answer)

    def _drip(self, words: str) -> None:
        for letter in words:
            self.handler.wfile.write(letter.encode())
            self.server.stopping.wait(self.server.behaviour.drip)

    def _say(self, answer: object, argument: object = None) -> str:
        words = answer(argument) if callable(answer) else answer
        if words is None:
            self.server.stopping.wait(30)
            raise ConnectionAbortedError
        if words == "":
            self.handler.connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError
        self.handler.wfile.write(f"{words}\r\n".encode("latin-1"))
        return str(words)


def _path(line: str) -> str:
    found = re.search(r"<(.*?)>", line)
    return found.group(1) if found else ""
