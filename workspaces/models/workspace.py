"""The tenant. Everything a team owns names its workspace."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.currencies import CURRENCIES

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no letter that reads like another
DELETION_GRACE = timedelta(days=7)  # between the request and the deletion


def new_public_id() -> str:
    """Ten characters, 50 random bits."""
    return "".join(secrets.choice(ALPHABET) for _character in range(10))


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def of(self, user_id: int) -> "WorkspaceQuerySet":
        """Workspaces that the person may enter: those they own first, then by name."""
        mine = self.filter(
            memberships__user_id=user_id, memberships__deactivated_at=None, deletion_requested_at=None
        )
        return mine.annotate(is_own=models.Q(memberships__role="owner")).order_by("-is_own", "name", "id")

    def due_for_deletion(self) -> "WorkspaceQuerySet":
        """Whose days of grace are over, by the database's clock; also those half deleted."""
        over = self.filter(deletion_requested_at__lt=Now() - DELETION_GRACE)
        return over.order_by("deletion_requested_at", "id")

    def named(self, words: str) -> "WorkspaceQuerySet":
        """Whose name holds the words or whose Workspace ID begins with them. For operators."""
        return self.filter(models.Q(name__icontains=words) | models.Q(public_id__startswith=words.lower()))


class Workspace(models.Model):
    public_id = models.CharField(
        _("Workspace ID"), max_length=10, unique=True, default=new_public_id, editable=False
    )
    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/Mexico_City")
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="es")
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="MXN")
    has_set_hours = models.BooleanField(default=False)  # someone looked at the business hours it began with
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    suspended_at = models.DateTimeField(null=True, blank=True)  # by an operator; nobody gets in meanwhile
    suspended_reason = models.CharField(max_length=200, blank=True, default="")
    deletion_requested_at = models.DateTimeField(null=True, blank=True)
    deletion_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    deletion_begun_at = models.DateTimeField(null=True, blank=True)  # no way back: rows are going

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="workspace_public_id_form",
                condition=models.Q(public_id__regex="^[0-9a-hjkmnp-tv-z]{10}$"),
            ),
            models.CheckConstraint(
                name="workspace_deletion_was_requested",
                condition=models.Q(deletion_begun_at=None) | models.Q(deletion_requested_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def copy(self) -> "Workspace":
        """The same row in another object: a form may write into it while the page still shows what is stored."""
        return Workspace(
            **{field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}
        )

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None

    @property
    def is_being_deleted(self) -> bool:
        return self.deletion_requested_at is not None

    @property
    def deletion_due_at(self) -> datetime | None:
        """When its days of grace are over; None where nobody asked for its deletion."""
        return self.deletion_requested_at + DELETION_GRACE if self.deletion_requested_at else None
