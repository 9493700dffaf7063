"""The owner's own page: hand the ownership over, take all the data along, delete the workspace.

A session left open somewhere must not be enough: each asks for the password again, unless it was just given.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.tenancy import scope
from workspaces.actions import exports, memberships, workspaces
from workspaces.forms.people import ConfirmationForm, HeirForm
from workspaces.models import Membership, Role
from workspaces.models.workspace import DELETION_GRACE
from workspaces.permissions import WorkspacePermission, requires
from workspaces.requests import SignedInRequest, WorkspaceRequest

View = Callable[..., HttpResponse]


def proven(view: View) -> View:
    """Asks for the password first, then leads to the page, where what was sent is sent again.

    allauth's own decorator would run a form that was sent once more by itself, past our middleware and its scope.
    """

    @wraps(view)
    def asking(request: WorkspaceRequest, workspace_id: str, **kwargs: Any) -> HttpResponse:
        if did_recently_reauthenticate(request):
            return view(request, workspace_id, **kwargs)
        page = reverse("workspaces:ownership", kwargs={"workspace_id": workspace_id})
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}")

    return asking


@require_GET
@requires(WorkspacePermission.HAND_OWNERSHIP_OVER)
@proven
def ownership(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    return _page(request, HeirForm(owner=request.membership), ConfirmationForm(name=request.workspace.name))


@require_POST
@requires(WorkspacePermission.HAND_OWNERSHIP_OVER)
@proven
def handover(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    form = HeirForm(request.POST, owner=request.membership)
    if not form.is_valid():
        return _page(request, form, ConfirmationForm(name=request.workspace.name))
    heir = form.cleaned_data["heir"]
    memberships.hand_ownership_over(by=request.membership, to=heir)
    messages.success(request, _("%(name)s owns the workspace now. You are an admin.") % {"name": heir.user})
    return redirect("workspaces:home_of", workspace_id=workspace_id)


@require_POST
@requires(WorkspacePermission.EXPORT_WORKSPACE)
@proven
def export(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    job = exports.start_workspace(by=request.membership)
    return redirect("jobs:detail", workspace_id=workspace_id, pk=job.pk)


@require_POST
@requires(WorkspacePermission.DELETE_WORKSPACE)
@proven
def deletion(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    form = ConfirmationForm(request.POST, name=request.workspace.name)
    if not form.is_valid():
        return _page(request, HeirForm(owner=request.membership), form)
    workspaces.request_deletion(request.workspace, by=request.membership)
    return redirect("workspaces:choice")


@login_required
@require_POST
def deletion_cancelling(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Outside the workspace's own routes: nobody enters a workspace that is about to be deleted."""
    mine = Membership.objects.of_person(request.user.pk).filter(role=Role.OWNER)
    membership = get_object_or_404(mine, workspace__public_id=public_id)
    membership.user = request.user
    with scope(membership.workspace_id):
        workspaces.cancel_deletion(membership.workspace, by=membership)
    messages.success(request, _("%(name)s stays. Everyone can enter again.") % {"name": membership.workspace})
    return redirect("workspaces:choice")


def _page(request: WorkspaceRequest, form: HeirForm, confirmation: ConfirmationForm) -> HttpResponse:
    context = {
        "form": form,
        "confirmation": confirmation,
        "workspace": request.workspace,
        "grace": DELETION_GRACE.days,
    }
    failed = form.errors or confirmation.errors
    return render(request, "workspaces/settings/ownership.html", context, status=422 if failed else 200)
