"""Teams: list, create, change, delete; and who is there now."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.cleanness import whole_number
from workspaces import presence as figures
from workspaces.actions import memberships, shifts, teams
from workspaces.errors import Refused
from workspaces.forms.people import TeamForm
from workspaces.models import Availability, Membership, Team
from workspaces.permissions import WorkspacePermission, requires
from workspaces.requests import WorkspaceRequest

manages_teams = requires(WorkspacePermission.MANAGE_TEAMS)


@require_GET
@manages_teams
def listing(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    context = {"teams": Team.objects.by_name().with_people()}
    return render(request, "workspaces/teams/list.html", context)


@require_http_methods(["GET", "POST"])
@manages_teams
def new(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
@manages_teams
def edit(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    return _form_page(request, get_object_or_404(Team, pk=pk))


@require_POST
@manages_teams
def removal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=pk)
    teams.delete(team, by=request.membership)
    messages.success(request, _("Team %(name)s is deleted. Its people stay.") % {"name": team.name})
    return redirect("workspaces:teams", workspace_id=workspace_id)


@require_GET
def presence(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Who is active and since when: everyone, or the teams one supervises; `?team=` narrows."""
    context = _presence(request, request.GET.get("team", ""))
    template = "workspaces/teams/presence.htmx.html" if request.htmx else "workspaces/teams/presence.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def availability(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """A POST sets my own availability; a GET shows it, where it was set elsewhere."""
    if request.method == "POST":
        memberships.set_availability(request.membership, by=request.membership, availability=_wanted(request))
    if not request.htmx:
        return redirect("workspaces:home_of", workspace_id=workspace_id)
    return render(request, "workspaces/teams/availability.htmx.html", {"membership": request.membership})


@require_POST
@requires(WorkspacePermission.MANAGE_PEOPLE)
def availability_of(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """An admin sets someone's availability."""
    person = get_object_or_404(Membership.objects.of_workspace(request.workspace).active(), pk=pk)
    memberships.set_availability(person, by=request.membership, availability=_wanted(request))
    if not request.htmx:
        return redirect("workspaces:presence", workspace_id=workspace_id)
    context = _presence(request, request.POST.get("team", ""))
    return render(request, "workspaces/teams/presence.htmx.html", context)


@require_POST
def hours_of(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`follows` 1: their availability follows the business hours; else they set it by hand alone. One's own, or an
    admin's act."""
    person = get_object_or_404(Membership.objects.of_workspace(request.workspace).active(), pk=pk)
    if person.pk != request.membership.pk and not request.membership.may(WorkspacePermission.MANAGE_PEOPLE):
        raise PermissionDenied(WorkspacePermission.MANAGE_PEOPLE.value)
    shifts.follow_hours(person, by=request.membership, follows=request.POST.get("follows") == "1")
    if not request.htmx:
        messages.success(request, _("Saved."))
        return redirect("workspaces:person", workspace_id=workspace_id, pk=pk)
    context = _presence(request, request.POST.get("team", ""))
    return render(request, "workspaces/teams/presence.htmx.html", context)


def _wanted(request: WorkspaceRequest) -> Availability:
    away = request.POST.get("availability") == Availability.AWAY
    return Availability.AWAY if away else Availability.ACTIVE


def _presence(request: WorkspaceRequest, team_id: str) -> dict[str, object]:
    """People and teams that the member sees; 403 for who sees nobody, 404 for a team that isn't theirs to see."""
    if not request.membership.sees_people:
        raise PermissionDenied(WorkspacePermission.SEE_PEOPLE.value)
    teams_seen = Team.objects.visible_to(request.membership).by_name()
    people = Membership.objects.of_workspace(request.workspace).active().visible_to(request.membership)
    pk = whole_number(team_id)
    if pk is not None:
        team = get_object_or_404(teams_seen, pk=pk)
        people = people.filter(pk__in=team.team_members.values("membership_id"))
    shown = list(people.prefetch_related("team_members__team").by_availability())
    return {
        "people": shown,
        "figures": figures.figures([person.pk for person in shown]),
        "teams": [(team.pk, team.name) for team in teams_seen],
        "team_id": team_id if pk is not None else "",
        "actor": request.membership,
        "manages": request.membership.may(WorkspacePermission.MANAGE_PEOPLE),
    }


def _form_page(request: WorkspaceRequest, team: Team | None) -> HttpResponse:
    form = TeamForm(request.POST if request.method == "POST" else None, actor=request.membership, team=team)
    if request.method == "POST" and form.is_valid():
        try:
            if team is None:
                teams.create(by=request.membership, **form.cleaned_data)
            else:
                teams.change(team, by=request.membership, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("workspaces:teams", workspace_id=request.workspace.public_id)
    return render(
        request,
        "workspaces/teams/form.html",
        {"form": form, "team": team},
        status=422 if form.errors else 200,
    )
