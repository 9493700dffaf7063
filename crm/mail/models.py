"""The mail of the house, as it was handed over."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import uuid4

from django.db import models
from django.db.models.functions import Now

from crm.encryption.fields import EncryptedTextField


class MailQuerySet(models.QuerySet["Message", "Message"]):
    def outdated(self, days: int) -> "MailQuerySet":
        return self.filter(created_at__lt=Now() - timedelta(days=days))


class Message(models.Model):
    """One mail to one envelope. Its content (headers, text, HTML) is encrypted and purged after MAIL_KEEP_DAYS.

    What an operator may see of it is on the outside: to whom, about what, when, and the row of work that carries it.
    """

    uid = models.UUIDField(
        default=uuid4, unique=True, editable=False
    )  # the correlation of its work, and in Message-ID
    workspace_id = models.BigIntegerField(null=True)
    sender = models.CharField(max_length=320)  # of the envelope
    recipients = models.JSONField()  # of the envelope: addresses, also those of Bcc
    subject = models.CharField(max_length=250)
    content = EncryptedTextField()  # RFC 5322, ASCII
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="mail_message_created")]

    @property
    def parsed(self) -> EmailMessage:
        parsed = message_from_bytes(self.content.encode("ascii"), policy=policy.SMTP)
        assert isinstance(parsed, EmailMessage)
        return parsed
