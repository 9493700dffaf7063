"""Teams: people supervised as a unit. A seller granted `supervise_team` sees its people and their availability."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from workspaces.models.grant import Grant
from workspaces.models.membership import Membership


class Colour(models.TextChoices):
    """The twelve label colours of the design's tokens."""

    SLATE = "slate", _("Slate")
    RED = "red", _("Red")
    ORANGE = "orange", _("Orange")
    AMBER = "amber", _("Amber")
    LIME = "lime", _("Lime")
    GREEN = "green", _("Green")
    TEAL = "teal", _("Teal")
    SKY = "sky", _("Sky")
    BLUE = "blue", _("Blue")
    VIOLET = "violet", _("Violet")
    FUCHSIA = "fuchsia", _("Fuchsia")
    ROSE = "rose", _("Rose")


class TeamQuerySet(TenantQuerySet["Team"]):
    def by_name(self) -> "TeamQuerySet":
        return self.order_by("name", "id")

    def with_people(self) -> "TeamQuerySet":
        return self.prefetch_related("team_members__membership__user")

    def visible_to(self, membership: Membership) -> "TeamQuerySet":
        """All to those who see people; to others their own and those they supervise."""
        from workspaces.permissions import WorkspacePermission

        if membership.may(WorkspacePermission.SEE_PEOPLE):
            return self
        supervised = membership.grants.ids("workspaces.supervise_team")
        return self.filter(
            models.Q(team_members__membership=membership) | models.Q(pk__in=supervised)
        ).distinct()


class Team(TenantModel):
    name = models.CharField(_("name"), max_length=60)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour.choices, default=Colour.TEAL)

    objects = TenantManager.from_queryset(TeamQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(name="team_name_once", fields=["workspace", "name"]),
        ]
        permissions: ClassVar = [("supervise_team", "Supervise the team")]

    def __str__(self) -> str:
        return self.name


class TeamMember(TenantModel):
    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="team_members")
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="team_members")

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="team_member_once", fields=["workspace", "team", "membership"])
        ]
        indexes: ClassVar = [models.Index(name="team_member_of", fields=["workspace", "membership"])]


class TeamUserObjectPermission(Grant):
    """Grants on teams."""

    content_object = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="grants")

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="team_grant_once", fields=["workspace", "user", "permission", "content_object"]
            )
        ]
        indexes: ClassVar = [models.Index(name="team_grant_on", fields=["workspace", "content_object"])]
