"""Where one lands: the workspace last used, the choice of workspaces, a new one, and the workspace's home."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from workspaces import first_steps
from workspaces.actions import workspaces
from workspaces.forms.settings import WorkspaceForm
from workspaces.models import Invitation, Membership, Workspace
from workspaces.permissions import tools
from workspaces.requests import SignedInRequest, WorkspaceRequest

LAST_WORKSPACE = "cauce_workspace"  # a cookie: a GET writes no row


@login_required
@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """On to the workspace last used, else one's own, else the first by name, else to making one."""
    mine = list(Workspace.objects.of(request.user.pk).values_list("public_id", flat=True))
    last = request.COOKIES.get(LAST_WORKSPACE)
    if not mine and request.user.is_operator:
        return redirect("operator:overview")
    if not mine:
        return redirect("workspaces:new" if workspaces.may_create(request.user) else "workspaces:choice")
    return redirect("workspaces:home_of", workspace_id=last if last in mine else mine[0])


@login_required
@require_GET
def choice(request: SignedInRequest) -> HttpResponse:
    """All my workspaces: a page, and for HTMX the menu of the switcher."""
    memberships = Membership.objects.of_person(request.user.pk)
    context = {
        "memberships": memberships,
        "current": request.GET.get("current", ""),
        "may_create": workspaces.may_create(request.user),
        "invitations": Invitation.objects.waiting_for(request.user.email),
    }
    template = "workspaces/home/switcher.html" if request.htmx else "workspaces/home/choice.html"
    return render(request, template, context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """First run and every further workspace: name, zone, language, currency."""
    if not workspaces.may_create(request.user):
        return render(request, "workspaces/home/closed.html", status=403)
    initial = {
        "language": request.user.language,
        "time_zone": request.user.time_zone or "America/Mexico_City",
    }
    form = WorkspaceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        owner = workspaces.create(by=request.user, **form.cleaned_data)
        return redirect("workspaces:home_of", workspace_id=owner.workspace.public_id)
    return render(request, "workspaces/home/new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def home_of(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Inicio: what to do first, and who is there."""
    member = request.membership
    context = {
        "steps": first_steps.of(member),
        "membership": member,
        "may_use": [tool for tool in tools() if member.may(tool.permission)],
    }
    response = render(request, "workspaces/home/home.html", context)
    response.set_cookie(
        LAST_WORKSPACE,
        workspace_id,
        max_age=365 * 86400,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE_COOKIES,
    )
    return response
