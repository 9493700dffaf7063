"""The browsers of people that may be told something while no page is open."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from crm.encryption.fields import EncryptedJSONField, EncryptedTextField


class SubscriptionQuerySet(models.QuerySet["Subscription", "Subscription"]):
    def of_person(self, user_id: int) -> "SubscriptionQuerySet":
        return self.filter(user_id=user_id).order_by("-id")


class Subscription(models.Model):
    """One browser at its push service. Whoever has the address can only send what the keys encrypt, yet it names a
    person's browser: it is encrypted, and found by a keyed hash. It is told things while the session stands to which it
    is bound: who has logged out hears nothing until they log in there again."""

    user: Any = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    endpoint = EncryptedTextField()
    endpoint_hash = models.CharField(max_length=64, unique=True)
    keys = EncryptedJSONField()  # {"p256dh": …, "auth": …} as the browser gave them, base64url
    session = models.CharField(max_length=64)  # crm.live.tokens.session_mark
    user_agent = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = SubscriptionQuerySet.as_manager()
