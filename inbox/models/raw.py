"""The journal: every webhook as it came, before anything was made of it. Kept 30 days, and can be replayed.

Outside the scope: which workspaces a request concerns is known only when it is read.
"""

import base64
import zlib
from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from crm.encryption.fields import EncryptedTextField
from crm.tenancy import TenantModel
from crm.tenancy.fields import TenantForeignKey
from inbox.models.app import ProviderApp
from inbox.models.channel import Channel

_PACKED = "zlib:"
_SMALL = 1024  # bytes, below which packing gains nothing


def as_text(body: bytes) -> str:
    """Bytes as the text that an encrypted column holds: as they are where they are few and UTF-8, else packed, since
    what is encrypted can't be compressed any more, and is written twice (table and log)."""
    try:
        text = body.decode() if len(body) < _SMALL else _PACKED
    except UnicodeDecodeError:
        text = _PACKED
    return (
        text if not text.startswith(_PACKED) else _PACKED + base64.b64encode(zlib.compress(body, 1)).decode()
    )


def as_bytes(text: str) -> bytes:
    """The bytes that `as_text` was given."""
    if text.startswith(_PACKED):
        return zlib.decompress(base64.b64decode(text.removeprefix(_PACKED)))
    return text.encode()


TROUBLED = models.Q(unknown_receivers__gt=0) | ~models.Q(error="")


class RawRequestQuerySet(models.QuerySet["RawRequest"]):
    def unsplit(self) -> Self:
        """What the endpoint took and nobody has read yet, oldest first."""
        return self.filter(state=RawRequest.State.NEW).order_by("id")

    def troubled(self) -> Self:
        """Not read, or not whole, or for a receiver that nobody here knows. For the operator."""
        return self.filter(TROUBLED).order_by("-id")


class RawRequest(models.Model):
    """One request of a provider, encrypted. NEW → SPLIT into items of work per channel and sender, or UNREADABLE."""

    class State(models.TextChoices):
        NEW = "new"
        SPLIT = "split"
        UNREADABLE = "unreadable"

    app = models.ForeignKey(ProviderApp, on_delete=models.CASCADE, related_name="+")
    body = EncryptedTextField()  # see `as_text`
    size = models.PositiveIntegerField()  # bytes, as received
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    parts = models.PositiveIntegerField(default=0)
    unknown_receivers = models.PositiveIntegerField(default=0)
    receiver = models.CharField(max_length=80, blank=True, default="")  # the first unknown one
    error = models.CharField(max_length=300, blank=True, default="")
    received_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = RawRequestQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(name="raw_new_due", fields=["id"], condition=models.Q(state="new")),
            models.Index(name="raw_troubled_due", fields=["-id"], condition=TROUBLED),
            models.Index(name="raw_by_age", fields=["received_at"]),
        ]

    @property
    def content(self) -> bytes:
        """The body, exactly as it was received."""
        return as_bytes(self.body)


class ParkedStatus(TenantModel):
    """A status that came before we knew the message's id: applied as soon as the provider's answer is saved."""

    channel = TenantForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=200)
    status = models.CharField(max_length=9)
    at = models.DateTimeField()
    error_code = models.CharField(max_length=60, blank=True, default="")
    error = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="parked_status_once", fields=["workspace", "channel", "external_id", "status"]
            )
        ]


class ParkedChange(TenantModel):
    """A reaction, an edit or a revocation that came before the message it is about: applied when that arrives."""

    class Change(models.TextChoices):
        REACTION = "reaction"
        EDIT = "edit"
        REVOCATION = "revocation"

    channel = TenantForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    target = models.CharField(max_length=200)  # the message's external id
    external_id = models.CharField(max_length=200)  # its own
    change = models.CharField(max_length=10, choices=Change)
    is_echo = models.BooleanField(default=False)
    data = models.JSONField(default=dict)  # "emoji", or "text" and "data"
    at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="parked_change_once", fields=["workspace", "channel", "target", "external_id"]
            )
        ]
