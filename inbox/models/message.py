"""What was said. One thread per lead over all its channels, in the order of the providers' time."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from directory.models import Lead
from inbox.models.channel import Channel
from inbox.models.identity import Identity
from inbox.models.session import Session
from workspaces.models import Membership


class Direction(models.TextChoices):
    IN = "in", _("Received")
    OUT = "out", _("Sent")


class MessageKind(models.TextChoices):
    TEXT = "text", _("Text")
    IMAGE = "image", _("Photo")
    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Audio")
    VOICE = "voice", _("Voice message")
    DOCUMENT = "document", _("Document")
    STICKER = "sticker", _("Sticker")
    LOCATION = "location", _("Location")
    CONTACTS = "contacts", _("Contact card")
    BUTTONS = "buttons", _("Buttons")
    LIST = "list", _("List")
    REPLY = "reply", _("Choice")  # of a button or a list
    FORM = "form", _("Form")
    ORDER = "order", _("Order")
    TEMPLATE = "template", _("Template")
    SYSTEM = "system", _("Notice")
    UNSUPPORTED = "unsupported", _("Unsupported message")


class Delivery(models.TextChoices):
    """Of what we sent. It only moves forward; a failure after delivery is ignored."""

    NONE = "", "-"
    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    PLAYED = "played", _("Played")
    UNKNOWN = "unknown", _("Not confirmed")
    FAILED = "failed", _("Failed")


class MessageQuerySet(TenantQuerySet["Message"]):
    def of_lead(self, lead: Lead) -> "MessageQuerySet":
        return self.filter(lead=lead)

    def oldest_first(self) -> "MessageQuerySet":
        return self.order_by("sent_at", "sequence", "id")

    def newest_first(self) -> "MessageQuerySet":
        return self.order_by("-sent_at", "-sequence", "-id")


class Message(TenantModel):
    """`data` holds what the kind has beyond text: buttons, a location, a template's parameters, a referral."""

    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="messages")
    channel = TenantForeignKey(Channel, on_delete=models.CASCADE, related_name="messages")
    identity = TenantForeignKey(
        Identity,
        on_delete=models.CASCADE,
        related_name="messages",
    )
    session = TenantForeignKey(
        Session,
        on_delete=models.CASCADE,
        related_name="messages",
    )
    direction = models.CharField(max_length=3, choices=Direction)
    kind = models.CharField(max_length=11, choices=MessageKind)
    text = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict, blank=True)
    external_id = models.CharField(max_length=200, blank=True, default="")
    # Ours, known to the provider where it takes one: the correlation of its row of work.
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    client_id = models.UUIDField(null=True, blank=True)  # the composer's: posted twice it is one message
    author = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )  # null: the customer; or written on the phone itself, or by the house
    reply_to = TenantForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reply_to_external_id = models.CharField(
        max_length=200, blank=True, default=""
    )  # where we have not got it
    sent_at = models.DateTimeField()  # the provider's time; ours for what we send
    sequence = models.BigIntegerField(default=0)  # the provider's, where it has one
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())  # arrival
    delivery = models.CharField(max_length=9, choices=Delivery, default=Delivery.NONE, blank=True)
    delivery_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=60, blank=True, default="")
    error = models.CharField(max_length=300, blank=True, default="")  # the provider's words, or ours
    edited_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    is_blocked = models.BooleanField(default=False, db_default=False)  # they were blocked when it arrived

    objects = TenantManager.from_queryset(MessageQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(
                name="message_external_once",
                fields=["workspace", "channel", "external_id"],
                condition=~models.Q(external_id=""),
            ),
            models.UniqueConstraint(name="message_uid_once", fields=["workspace", "uid"]),
            models.UniqueConstraint(
                name="message_client_once",
                fields=["workspace", "lead", "client_id"],
                condition=models.Q(client_id__isnull=False),
            ),
            models.CheckConstraint(
                name="message_delivery",
                condition=models.Q(direction="in", delivery="") | models.Q(direction="out"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="message_thread", fields=["workspace", "lead", "sent_at", "sequence", "id"]),
            # Answers to a message that had not arrived yet.
            models.Index(
                name="message_quoting",
                fields=["workspace", "channel", "reply_to_external_id"],
                condition=~models.Q(reply_to_external_id=""),
            ),
            # PostgreSQL looks for answers to every message that goes, of a workspace one after another.
            models.Index(
                name="message_answers",
                fields=["workspace", "reply_to"],
                condition=models.Q(reply_to__isnull=False),
            ),
            # Unread is counted by arrival; what a blocked sender wrote is not.
            models.Index(
                name="message_heard",
                fields=["workspace", "lead", "id"],
                condition=models.Q(direction="in", is_blocked=False),
            ),
            # PostgreSQL looks for messages of every identity and session that goes.
            models.Index(name="message_of_identity", fields=["workspace", "identity"]),
            models.Index(name="message_of_session", fields=["workspace", "session"]),
            models.Index(
                name="message_open_deliveries",
                fields=["workspace", "channel", "id"],
                condition=models.Q(delivery__in=("queued", "unknown", "failed")),
            ),
        ]

    @property
    def is_inbound(self) -> bool:
        return self.direction == Direction.IN

    @property
    def has_failed(self) -> bool:
        return self.delivery == Delivery.FAILED


class Reaction(TenantModel):
    """An emoji on a message, one for each who reacted: "them", or "us"."""

    message = TenantForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    is_ours = models.BooleanField(default=False)
    emoji = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="reaction_once", fields=["workspace", "message", "is_ours"])
        ]
