"""One technical conversation: an identity, the provider's thread, the reply window. People see threads of leads."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from inbox.models.channel import Channel
from inbox.models.identity import Identity


class SessionQuerySet(TenantQuerySet["Session"]):
    def open(self) -> "SessionQuerySet":
        return self.filter(closed_at=None)


class Session(TenantModel):
    identity = TenantForeignKey(Identity, on_delete=models.CASCADE, related_name="sessions")
    channel = TenantForeignKey(Channel, on_delete=models.CASCADE, related_name="sessions")
    thread_key = models.CharField(
        max_length=200, blank=True, default=""
    )  # empty for chat; the mail thread, the room
    window_ends_at = models.DateTimeField(
        null=True, blank=True
    )  # null: never opened, or the channel has none
    # Another app of the provider's answers them until then, as far as we know. Null: none does.
    held_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now, db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(SessionQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(
                name="session_one_open",
                fields=["workspace", "identity", "thread_key"],
                condition=models.Q(closed_at=None),
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="session_of", fields=["workspace", "identity"]),
            models.Index(name="session_on_channel", fields=["workspace", "channel"]),
        ]

    def is_held(self) -> bool:
        return self.held_until is not None and self.held_until > timezone.now()

    def window_is_open(self) -> bool:
        return self.window_ends_at is not None and self.window_ends_at > timezone.now()
