"""A person in a workspace: role, tools, visibility, availability.

Outside the tenancy scope, since it is what the scope is found by; read by the named methods below.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.prepared import Prepared
from crm.tenancy.fields import TenantForeignKey
from workspaces.models.workspace import Workspace

if TYPE_CHECKING:
    from workspaces.grants import Grants
    from workspaces.permissions import Permission


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    SELLER = "seller", _("Seller")


class Availability(models.TextChoices):
    ACTIVE = "active", _("Active")
    AWAY = "away", _("Away")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        return self.filter(deactivated_at=None)

    def of_workspace(self, workspace: Workspace) -> "MembershipQuerySet":
        """All of a workspace's people, deactivated ones too, with their users."""
        return self.filter(workspace=workspace).select_related("user")

    def entering(self, user_id: int, public_id: str) -> "Membership | None":
        """The membership by which a request enters, if any, with its workspace: active, not being deleted."""
        return _ENTERING.first(user_id=user_id, public_id=public_id)

    def of_person(self, user_id: int) -> "MembershipQuerySet":
        """Where the person may enter; for the owner also what is about to be deleted, so that they can stop it."""
        stays = models.Q(workspace__deletion_requested_at=None) | models.Q(
            role=Role.OWNER, workspace__deletion_begun_at=None
        )
        return (
            self.active()
            .filter(stays, user_id=user_id)
            .select_related("workspace")
            .order_by("workspace__name", "id")
        )

    def share_workspace(self, one: int, other: int) -> bool:
        """Whether two people (ids of users) are in some workspace together; a leaver shows to those who stayed."""
        theirs = self.filter(user_id=other).values("workspace_id")
        return self.active().filter(user_id=one, workspace_id__in=theirs).exists()

    def owned_by(self, user_id: int) -> "MembershipQuerySet":
        return self.active().filter(user_id=user_id, role=Role.OWNER).select_related("workspace", "user")

    def named(self, words: str) -> "MembershipQuerySet":
        """Whose name or address holds the words. A workspace has people by the dozen: no index is needed."""
        return self.filter(models.Q(user__name__icontains=words) | models.Q(user__email__icontains=words))

    def visible_to(self, membership: "Membership") -> "MembershipQuerySet":
        """Everyone to who may see people; to others themselves and the people of teams they supervise. In the scope."""
        from workspaces.models.team import TeamMember
        from workspaces.permissions import WorkspacePermission

        if membership.may(WorkspacePermission.SEE_PEOPLE):
            return self
        supervised = membership.grants.ids("workspaces.supervise_team")
        seats = TeamMember.objects.filter(team_id__in=supervised).values("membership_id")
        return self.filter(models.Q(pk=membership.pk) | models.Q(pk__in=seats))

    def by_availability(self) -> "MembershipQuerySet":
        """Active ones first ("active" sorts before "away"), each by name."""
        return self.order_by("availability", "user__name", "id")

    def by_name(self) -> "MembershipQuerySet":
        return self.order_by("user__name", "id")


def _entering(user_id: int, public_id: str) -> MembershipQuerySet:
    return (
        Membership.objects.active()
        .filter(user_id=user_id, workspace__public_id=public_id, workspace__deletion_requested_at=None)
        .select_related("workspace")
    )


_ENTERING = Prepared(_entering, user_id=-1, public_id="?")  # every page of a workspace asks this


class Membership(models.Model):
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="memberships", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=6, choices=Role.choices)
    tools = ArrayField(
        models.CharField(max_length=64), default=list, blank=True
    )  # values of grantable permissions; sellers
    sees_unassigned = models.BooleanField(_("sees unassigned leads"), default=True)  # sellers; others see all
    sees_phones = models.BooleanField(_("sees phone numbers"), default=True)
    availability = models.CharField(max_length=6, choices=Availability.choices, default=Availability.AWAY)
    availability_since = models.DateTimeField(default=timezone.now, db_default=Now())
    # Active when the workspace opens, away when it closes, and in between as they say (see workspaces.actions.shifts).
    follows_hours = models.BooleanField(default=False, db_default=False)
    turns_at = models.DateTimeField(null=True, blank=True)  # when the hours turn their availability next
    joined_at = models.DateTimeField(default=timezone.now, db_default=Now())
    deactivated_at = models.DateTimeField(null=True, blank=True)
    deactivated_by = TenantForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="membership_once", fields=["workspace", "user"]),
            models.UniqueConstraint(name="membership_workspace_id", fields=["workspace", "id"]),
            models.UniqueConstraint(
                name="membership_one_owner", fields=["workspace"], condition=models.Q(role=Role.OWNER)
            ),
            models.CheckConstraint(
                name="membership_owner_is_active",
                condition=~models.Q(role=Role.OWNER) | models.Q(deactivated_at=None),
            ),
        ]
        indexes = [
            # By which the sweep finds whom the hours turn, in all workspaces.
            models.Index(
                name="membership_turns_due",
                fields=["turns_at"],
                condition=models.Q(turns_at__isnull=False, deactivated_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.workspace}"

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def is_seller(self) -> bool:
        return self.role == Role.SELLER

    @cached_property
    def permissions(self) -> "frozenset[Permission]":
        """What the role and, for a seller, the granted tools allow. No query."""
        from workspaces.permissions import held_by

        return held_by(self)

    @cached_property
    def grants(self) -> "Grants":
        """Ids of the granted objects by permission; read once, one query for each grantable model."""
        from workspaces.grants import Grants

        return Grants(self)

    @property
    def sees_people(self) -> bool:
        """Whether they may see who is there: everyone, or the teams they were granted."""
        from workspaces.permissions import WorkspacePermission

        return self.may(WorkspacePermission.SEE_PEOPLE) or bool(self.grants.ids("workspaces.supervise_team"))

    def may(self, permission: "Permission") -> bool:
        return permission in self.permissions
