"""What people of the workspace tell each other about a lead, in its thread. Never sent to anybody.

A table of its own, and not a kind of message: whatever sends, counts, lists or waits reads messages, and cannot come
upon a note by forgetting a condition. Why is in docs/decisions/notes.md.
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from directory.models import Lead
from workspaces.models import Membership


class NoteQuerySet(TenantQuerySet["Note"]):
    def of_lead(self, lead: Lead) -> "NoteQuerySet":
        return self.filter(lead=lead)

    def newest_first(self) -> "NoteQuerySet":
        return self.order_by("-created_at", "-id")

    def pinned(self) -> "NoteQuerySet":
        """The newest pin first."""
        return self.filter(pinned_at__isnull=False).order_by("-pinned_at", "-id")


class Note(TenantModel):
    """A person in `text` stands as `@[membership id]`, see `inbox.mentions`; of a deleted note no text is left."""

    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    author = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )
    text = models.TextField(max_length=10_000, blank=True)
    client_id = models.UUIDField(null=True, blank=True)  # the composer's: posted twice it is one note
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    pinned_at = models.DateTimeField(null=True, blank=True)  # at the top of the lead's card
    pinned_by = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )

    objects = TenantManager.from_queryset(NoteQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="note_client_once",
                fields=["workspace", "lead", "client_id"],
                condition=models.Q(client_id__isnull=False),
            ),
            models.CheckConstraint(
                name="note_deleted_is_empty", condition=models.Q(deleted_at=None) | models.Q(text="")
            ),
            models.CheckConstraint(
                name="note_deleted_is_not_pinned",
                condition=models.Q(pinned_at=None) | models.Q(deleted_at=None),
            ),
            models.CheckConstraint(
                name="note_pinned_by", condition=models.Q(pinned_by=None) | models.Q(pinned_at__isnull=False)
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="note_of_lead", fields=["workspace", "lead", "-created_at", "-id"]),
            models.Index(
                name="note_pinned",
                fields=["workspace", "lead", "-pinned_at", "-id"],
                condition=models.Q(pinned_at__isnull=False),
            ),
        ]

    @property
    def is_pinned(self) -> bool:
        return self.pinned_at is not None

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None
