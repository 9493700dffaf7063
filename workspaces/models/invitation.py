"""An invitation by e-mail. The link's token is kept only as a hash; the link is used once."""

import hashlib
import secrets
from datetime import timedelta

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy.fields import TenantForeignKey
from workspaces.models.membership import Membership, Role
from workspaces.models.workspace import Workspace

VALID_FOR = timedelta(days=7)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor revoked; possibly expired, then it can be resent."""
        return self.filter(accepted_at=None, revoked_at=None)

    def of_workspace(self, workspace: Workspace) -> "InvitationQuerySet":
        return self.filter(workspace=workspace)

    def waiting_for(self, email: str) -> "InvitationQuerySet":
        """Valid invitations to the address, with their workspaces."""
        return self.open().filter(email=email, expires_at__gt=timezone.now()).select_related("workspace")

    def by_token(self, token: str) -> "InvitationQuerySet":
        return self.filter(token_hash=hash_of(token)).select_related("workspace", "invited_by__user")


class Invitation(models.Model):
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="invitations", db_index=False
    )
    email = models.EmailField(_("e-mail"), max_length=254)
    role = models.CharField(_("role"), max_length=6, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = TenantForeignKey(
        Membership,
        on_delete=models.CASCADE,
        related_name="+",
        unindexed="memberships are hardly ever deleted",
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships are hardly ever deleted",
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="invitation_one_open",
                fields=["workspace", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
            ),
            models.CheckConstraint(
                name="invitation_email_is_lower_case", condition=models.Q(email=Lower("email"))
            ),
            models.CheckConstraint(name="invitation_never_to_own", condition=~models.Q(role=Role.OWNER)),
            models.CheckConstraint(
                name="invitation_ends_once", condition=models.Q(accepted_at=None) | models.Q(revoked_at=None)
            ),
        ]
        indexes = [models.Index(name="invitation_by_sent", fields=["workspace", "-sent_at"])]

    def __str__(self) -> str:
        return f"{self.email} → {self.workspace}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()
