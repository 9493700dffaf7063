"""A file of a message: fetched at once, since providers' addresses live for minutes."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from inbox.models.message import Message


class AttachmentQuerySet(TenantQuerySet["Attachment"]):
    pass


class Attachment(TenantModel):
    class State(models.TextChoices):
        WAITING = "waiting", _("On its way")
        READY = "ready", _("Here")
        FAILED = "failed", _("Could not be fetched")

    # Null: uploaded in the composer, not sent yet.
    message = TenantForeignKey(
        Message, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    kind = models.CharField(max_length=8)  # image, video, audio, voice, document, sticker
    name = models.CharField(max_length=200, blank=True, default="")
    mime = models.CharField(max_length=100, blank=True, default="")  # by the content, once it is here
    size = models.PositiveBigIntegerField(default=0)  # bytes
    sha256 = models.CharField(max_length=64, blank=True, default="")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    file = models.FileField(
        max_length=200, blank=True, default=""
    )  # "<workspace>/inbox/<random>", no name of theirs
    provider_id = models.CharField(max_length=300, blank=True, default="")
    provider_url = models.TextField(blank=True, default="")  # may come with the webhook; lives minutes
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    error = models.CharField(max_length=300, blank=True, default="")
    uploaded_by_id = models.BigIntegerField(null=True, blank=True)  # a membership, while there is no message
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = TenantManager.from_queryset(AttachmentQuerySet)()

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(name="attachment_of", fields=["workspace", "message"]),
            # Uploads that were never sent are swept.
            models.Index(
                name="attachment_orphan_due", fields=["created_at"], condition=models.Q(message=None)
            ),
        ]
