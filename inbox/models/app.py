"""An app at a provider (Meta, later others): it has one endpoint for all its numbers, of one workspace or of many.

Outside the scope: a webhook comes before it is known whose it is.
"""

import secrets

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from crm.encryption.fields import EncryptedJSONField


def new_public_id() -> str:
    """What stands in the endpoint's address: 96 random bits."""
    return secrets.token_hex(12)


class ProviderAppQuerySet(models.QuerySet["ProviderApp"]):
    def of_workspace(self, workspace_id: int) -> "ProviderAppQuerySet":
        """The workspace's own."""
        return self.filter(owner_id=workspace_id)

    def for_operator(self) -> "ProviderAppQuerySet":
        """Of all workspaces, with whose they are: the operator looks after the endpoints."""
        return self.select_related("owner").order_by("id")

    def at(self, public_id: str) -> "ProviderApp | None":
        """By the endpoint's address, for its webhooks. As SQL, which every webhook would else wait to be built."""
        return next(iter(self.raw("SELECT * FROM inbox_providerapp WHERE public_id = %s", [public_id])), None)


class ProviderApp(models.Model):
    """`secrets` for Meta: {"app_id", "app_secret", "verify_token"}."""

    provider = models.CharField(max_length=16)  # "meta"
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    # Null: the installation's, serving many workspaces. Whoever gives a channel an app checks that it is theirs.
    owner = models.ForeignKey(
        settings.TENANT_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=80, blank=True, default="")
    secrets = EncryptedJSONField(default=dict)
    verified_at = models.DateTimeField(null=True, blank=True)  # the provider called with our verify token
    last_request_at = models.DateTimeField(null=True, blank=True)
    refused_count = models.PositiveIntegerField(default=0)  # wrong or missing signatures
    refused_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = ProviderAppQuerySet.as_manager()
