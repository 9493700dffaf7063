"""Senders that were erased: by a keyed hash, so that a replay of the journal does not bring them back."""

from typing import ClassVar

from django.db import models

from crm.tenancy import TenantModel


class ErasedSender(TenantModel):
    """`digest` is of the channel and what a provider names them by (`inbox.forgetting`). Goes after the journal."""

    digest = models.CharField(max_length=64)
    erased_at = models.DateTimeField()  # what was said up to then is gone; a later message makes a new lead

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="erased_sender_once", fields=["workspace", "digest"])
        ]
        indexes: ClassVar = [models.Index(name="erased_sender_by_age", fields=["workspace", "erased_at"])]
