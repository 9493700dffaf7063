"""One aggregate a file."""

from workspaces.models.audit import AuditEntry, Verb
from workspaces.models.hours import BusinessHours, Holiday, Weekday
from workspaces.models.invitation import Invitation
from workspaces.models.membership import Availability, Membership, Role
from workspaces.models.operator_entry import Act, OperatorEntry
from workspaces.models.team import Colour, Team, TeamMember, TeamUserObjectPermission
from workspaces.models.user import Theme, User
from workspaces.models.workspace import Workspace

__all__ = [
    "Act",
    "AuditEntry",
    "Availability",
    "BusinessHours",
    "Colour",
    "Holiday",
    "Invitation",
    "Membership",
    "OperatorEntry",
    "Role",
    "Team",
    "TeamMember",
    "TeamUserObjectPermission",
    "Theme",
    "User",
    "Verb",
    "Weekday",
    "Workspace",
]
