"""How mail leaves: EMAIL_URL names one of two transports.

file://                                   one .eml a message in VAR_DIR/mail; the default of a single machine
file:///some/directory
smtp://user:password@host:587/?tls=true   STARTTLS, refused where the server does not offer it
smtps://user:password@host:465/           TLS from the first byte
"""

from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from crm.mail.models import Message
from crm.mail.transports.files import FileTransport
from crm.mail.transports.smtp import SmtpTransport
from crm.work import Receipt


class Transport(Protocol):
    idempotent: bool

    def deliver(self, message: Message) -> Receipt:
        """Raises DeliveryError."""


def current() -> Transport:
    """The transport that EMAIL_URL names."""
    url = settings.EMAIL_TRANSPORT_URL
    scheme = urlsplit(url).scheme
    if scheme == "file":
        return FileTransport.from_url(url)
    if scheme in ("smtp", "smtps"):
        return SmtpTransport.from_url(url)
    raise ImproperlyConfigured("EMAIL_URL begins with smtp://, smtps:// or file://.")
