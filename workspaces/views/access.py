"""What each seller may do and see: one screen, a row a seller, saved as one clicks."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from crm.cleanness import whole_number
from workspaces import grants
from workspaces.actions import memberships
from workspaces.models import Membership, Role
from workspaces.permissions import Declaration, WorkspacePermission, requires, tools
from workspaces.requests import WorkspaceRequest

PREFIX = "grant:"  # names of checkboxes: "grant:<app>.<codename>", values are object ids


@dataclass(frozen=True)
class Columns:
    """What the screen has columns for. `objects` are the grantable ones with the workspace's choices."""

    tools: list[Declaration]
    objects: list[tuple[grants.Grantable, list[Any]]]

    @classmethod
    def of_workspace(cls) -> "Columns":
        return cls(tools(), [(grantable, list(grantable.choices())) for grantable in grants.grantables()])


@require_GET
@requires(WorkspacePermission.MANAGE_PEOPLE)
def access(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    people = list(Membership.objects.of_workspace(request.workspace).active().by_name())
    grants.load(people)
    context = {
        "sellers": [one for one in people if one.role == Role.SELLER],
        "others": [one for one in people if one.role != Role.SELLER],
        "columns": Columns.of_workspace(),
        "prefix": PREFIX,
        "actor": request.membership,
    }
    return render(request, "workspaces/access/access.html", context)


@require_POST
@requires(WorkspacePermission.MANAGE_PEOPLE)
def access_of(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """The whole row of one seller, as its checkboxes stand."""
    person = get_object_or_404(Membership.objects.of_workspace(request.workspace).active(), pk=pk)
    memberships.change_access(
        person,
        by=request.membership,
        tools_held=request.POST.getlist("tools"),
        switches={name: name in request.POST for name in memberships.SWITCHES},
        granted=_granted(request),
    )
    person = Membership.objects.of_workspace(request.workspace).get(pk=pk)
    context = {"person": person, "columns": Columns.of_workspace(), "prefix": PREFIX}
    response = render(request, "workspaces/access/row.htmx.html", context)
    saved = _("Saved: %(name)s.") % {"name": person.user}
    return trigger_client_event(response, "toast", {"text": saved, "level": "success"})


def _granted(request: WorkspaceRequest) -> dict[str, set[int]]:
    names = [name for name in request.POST if name.startswith(PREFIX)]
    return {
        name.removeprefix(PREFIX): {
            pk for value in request.POST.getlist(name) if (pk := whole_number(value)) is not None
        }
        for name in names
    }
