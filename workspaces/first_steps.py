"""The checklist of the first days, on Inicio. Apps of higher floors add theirs from `AppConfig.ready()`."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.ui.registry import Registry
from workspaces.models import Invitation, Membership, Team, Workspace
from workspaces.permissions import WorkspacePermission


@dataclass(frozen=True)
class Step:
    """A line of the list. `is_done` is asked in the workspace's scope."""

    key: str
    order: int
    title: str | Promise
    text: str | Promise
    url_name: str
    action: str | Promise
    is_done: Callable[[Workspace], bool]


@dataclass(frozen=True)
class Line:
    step: Step
    done: bool


registry: Registry[Step] = Registry("First step")


def register(step: Step) -> None:
    registry.register(step)


def of(membership: Membership) -> list[Line]:
    """For those who administer, until all are done; then the list goes away."""
    if not membership.may(WorkspacePermission.MANAGE_PEOPLE):
        return []
    lines = [Line(step, step.is_done(membership.workspace)) for step in registry]
    return [] if all(line.done for line in lines) else lines


def _has_people(workspace: Workspace) -> bool:
    people = Membership.objects.of_workspace(workspace).active().count()
    return people > 1 or Invitation.objects.of_workspace(workspace).open().exists()


def _has_hours(workspace: Workspace) -> bool:
    return workspace.has_set_hours


def _has_teams(workspace: Workspace) -> bool:
    return Team.objects.exists()


OWN = (
    Step(
        "people",
        30,
        _("Invite your team"),
        _("Each person gets a link by e-mail and signs in with their own account."),
        "workspaces:invite",
        _("Invite people"),
        _has_people,
    ),
    Step(
        "hours",
        40,
        _("Check your business hours"),
        _("Answers out of hours and response times depend on them."),
        "workspaces:hours",
        _("Set hours"),
        _has_hours,
    ),
    Step(
        "teams",
        50,
        _("Group people into teams"),
        _("A team is supervised as a unit: filter by it, compare it."),
        "workspaces:teams",
        _("Create a team"),
        _has_teams,
    ),
)
