"""SMTP (RFC 5321), step by step, since what a failure means depends on the step."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

from crm.mail.models import Message
from crm.work import DeliveryError, Receipt

CRLF = b"\r\n"
PAUSE_SECONDS = 60.0  # for everybody, when the server cannot be spoken to at all
PATIENCE = 6  # times EMAIL_TIMEOUT: what the whole conversation may take, however it drips


@dataclass(frozen=True)
class SmtpTransport:
    """A server does not recognise a message that it has had before, so this is not idempotent."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    tls: bool = False
    idempotent = False

    @classmethod
    def from_url(cls, url: str) -> "SmtpTransport":
        parts = urlsplit(url)
        options = {name.lower(): values[-1].lower() for name, values in parse_qs(parts.query).items()}
        tls = parts.scheme == "smtps" or options.get("ssl") in ("true", "1")
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if tls else 25),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            starttls=options.get("tls") in ("true", "1"),
            tls=tls,
        )

    def deliver(self, message: Message) -> Receipt:
        """Hands one message over.

        1. Connect, greet, encrypt, log in. What goes wrong here is wrong for every message: the lane is parked, and the
           message loses no attempt.
        2. MAIL, RCPT: 5xx is for good, everything else passes. If some recipients are refused for good and others
           taken, the message goes to the others: a second attempt would give it to them twice.
        3. DATA and the text. Until the final dot is out, the server has nothing.
        4. The final dot, and its answer. From here on silence means that nobody knows: `unknown`.
        5. The answer says 250: it is theirs. QUIT is a courtesy; what it meets is of no interest.
        """
        with self._session() as smtp:
            with _transient("envelope"):
                _check(smtp.mail(message.sender), "sender")
                refused = self._recipients(smtp, message.recipients)
                _check(smtp.docmd("DATA"), "data", good=354)
                smtp.send(_stuffed(message.content.encode("ascii")))
            answer = self._end_of_text(smtp)
            _check(answer, "text")
            with _courtesy():
                smtp.quit()
        left_out = f"{refused} refused; " if refused else ""
        return Receipt((left_out + answer[1].decode("utf-8", "replace"))[:200])

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        smtp: smtplib.SMTP | None = None
        watch: threading.Timer | None = None
        try:
            smtp = self._connect()
            watch = _hang_up_after(smtp, PATIENCE * settings.EMAIL_TIMEOUT)
            smtp.ehlo_or_helo_if_needed()
            if self.starttls:
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
            if self.user:
                smtp.login(self.user, self.password)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            if watch:
                watch.cancel()
            if smtp:
                smtp.close()
            raise DeliveryError(
                f"The mail server could not be spoken to: {_name(error)}.",
                whole_lane=True,
                retry_after=PAUSE_SECONDS,
                code="session",
            ) from None
        try:
            yield smtp
        finally:
            watch.cancel()
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        if self.tls:
            return smtplib.SMTP_SSL(
                self.host, self.port, timeout=settings.EMAIL_TIMEOUT, context=ssl.create_default_context()
            )
        return smtplib.SMTP(self.host, self.port, timeout=settings.EMAIL_TIMEOUT)

    def _recipients(self, smtp: smtplib.SMTP, recipients: list[str]) -> int:
        """How many of them were refused for good. Raises where all were, or where one shall be tried later."""
        refused = 0
        for recipient in recipients:
            answer = smtp.rcpt(recipient)
            if answer[0] // 100 == 5:
                refused += 1
                if refused == len(recipients):
                    _check(answer, "recipient")
            else:
                _check(answer, "recipient")
        return refused

    def _end_of_text(self, smtp: smtplib.SMTP) -> tuple[int, bytes]:
        try:
            smtp.send(b"." + CRLF)
            code, words = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(
                f"The mail server fell silent after the text: {_name(error)}.", unknown=True, code="silence"
            ) from None
        if code // 100 not in (2, 4, 5):
            raise DeliveryError("The mail server's last answer made no sense.", unknown=True, code="nonsense")
        return code, words


def _hang_up_after(smtp: smtplib.SMTP, seconds: float) -> threading.Timer:
    """Ends the connection under a server that answers a byte at a time, which no time-out of a socket notices."""

    def hang_up() -> None:
        try:
            if smtp.sock:
                smtp.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended meanwhile

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    return timer


def _check(answer: tuple[int, bytes], step: str, *, good: int = 250) -> None:
    """The server's own words stay with the server: they quote addresses, and sometimes the text."""
    code, words = answer
    if code == good or (good == 250 and code == 251):
        return
    enhanced = re.match(rb"\d\.\d{1,3}\.\d{1,3}", words)
    status = f"{code} {enhanced.group().decode()}" if enhanced else str(code)
    raise DeliveryError(
        f"The mail server answered {status} to the {step}.", permanent=code // 100 == 5, code=str(code)
    )


@contextmanager
def _transient(step: str) -> Iterator[None]:
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(
            f"The connection broke at the {step}: {_name(error)}.", code="connection"
        ) from None


@contextmanager
def _courtesy() -> Iterator[None]:
    try:
        yield
    except (OSError, smtplib.SMTPException):
        return


def _name(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


def _stuffed(text: bytes) -> bytes:
    """Lines end in CRLF, a dot that begins a line is doubled (RFC 5321, 4.5.2); the final dot is not in it."""
    text = re.sub(rb"\r?\n|\r", CRLF, text)
    text = re.sub(rb"(?m)^\.", b"..", text)
    return text if text.endswith(CRLF) else text + CRLF
