"""Django's EMAIL_BACKEND: what is sent becomes a row in the caller's transaction, and leaves after it commits."""

from collections.abc import Sequence
from email import message_from_bytes
from email.policy import SMTP
from email.utils import parseaddr
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from crm.mail.delivery import post
from crm.mail.models import Message
from crm.tenancy.scopes import workspace_if_any


class QueuedBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """All of them or none. Returns how many there were: a message without recipients is not one."""
        with transaction.atomic():
            return sum(queue(message) is not None for message in email_messages)


def queue(email: EmailMessage, *, workspace_id: int | None = None, key: str = "") -> Message | None:
    """Queues one message; for the workspace given, or that of the open scope. None where nobody would get it."""
    recipients = [_address(recipient) for recipient in email.recipients()]
    if not recipients:
        return None
    sender = _address(email.from_email)
    uid = uuid4()
    email.extra_headers.setdefault("Message-ID", f"<{uid.hex}@{sender.rpartition('@')[2] or 'localhost'}>")
    message = Message(
        uid=uid,
        workspace_id=workspace_id if workspace_id is not None else workspace_if_any(),
        sender=sender,
        recipients=recipients,
        subject=" ".join(email.subject.split())[:250],
        content=_as_ascii(email),
    )
    post(message, key=key)
    return message


def _address(written: str) -> str:
    """The bare address, its domain in ASCII (RFC 5891); what is no address is left for the mail server to refuse."""
    address = parseaddr(written)[1] or written
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


def _as_ascii(email: EmailMessage) -> str:
    """The message as it goes over the wire; 8-bit bodies are encoded, since not every server takes them."""
    wire = SMTP.clone(cte_type="7bit", refold_source="none")
    return message_from_bytes(email.message().as_bytes(), policy=wire).as_bytes().decode("ascii")
