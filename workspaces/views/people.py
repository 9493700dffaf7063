"""People of the workspace: the list with open invitations, a person, role, leaving and coming back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workspaces import leaving
from workspaces.actions import invitations, memberships
from workspaces.errors import Refused
from workspaces.forms.people import InvitationForm, RoleForm, SuccessorForm
from workspaces.models import Invitation, Membership, Team
from workspaces.permissions import WorkspacePermission, requires
from workspaces.requests import WorkspaceRequest

manages_people = requires(WorkspacePermission.MANAGE_PEOPLE)


@require_http_methods(["GET", "POST"])
@manages_people
def people(request: WorkspaceRequest, workspace_id: str, inviting: bool = False) -> HttpResponse:
    """The list; a POST invites. `inviting` opens the dialog."""
    form = InvitationForm(request.POST if request.method == "POST" else None, actor=request.membership)
    if request.method == "POST" and form.is_valid():
        try:
            invitations.invite(by=request.membership, **form.cleaned_data)
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(
                request, _("Invitation sent to %(email)s.") % {"email": form.cleaned_data["email"]}
            )
            return redirect("workspaces:people", workspace_id=workspace_id)
    context = {**_listing(request), "form": form, "actor": request.membership}
    context["inviting"] = inviting or bool(form.errors)
    if request.htmx and request.method == "GET":
        return render(request, "workspaces/people/listing.htmx.html", context)
    return render(request, "workspaces/people/list.html", context, status=422 if form.errors else 200)


@require_POST
@manages_people
def invitation_resending(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    invitation = _invitation(request, pk)
    invitations.resend(invitation, by=request.membership)
    messages.success(request, _("Invitation sent again to %(email)s.") % {"email": invitation.email})
    return _listing_or_redirect(request, workspace_id)


@require_POST
@manages_people
def invitation_revocation(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    invitation = _invitation(request, pk)
    invitations.revoke(invitation, by=request.membership)
    messages.success(request, _("The invitation of %(email)s is revoked.") % {"email": invitation.email})
    return _listing_or_redirect(request, workspace_id)


@require_GET
def person(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Who they are, to whoever may see people; what can be changed, to whoever may manage them."""
    found = _person(request, pk)
    if found.pk != request.membership.pk:
        memberships.check_sees(request.membership, found)
    context = {
        "person": found,
        "actor": request.membership,
        "teams": list(Team.objects.filter(team_members__membership=found).by_name()),
        "role_form": RoleForm(initial={"role": found.role}, actor=request.membership),
        "lists_people": request.membership.may(WorkspacePermission.MANAGE_PEOPLE),
        "manageable": memberships.may_manage(request.membership, found),
    }
    return render(request, "workspaces/people/person.html", context)


@require_GET
def me(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """The person's own page in this workspace."""
    response: HttpResponse = person(request, workspace_id, pk=request.membership.pk)
    return response


@require_POST
@manages_people
def role(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    found = _person(request, pk)
    form = RoleForm(request.POST, actor=request.membership)
    if form.is_valid():
        memberships.change_role(found, by=request.membership, role=form.cleaned_data["role"])
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Choose one of the roles you may give."))
    return redirect("workspaces:person", workspace_id=workspace_id, pk=pk)


@require_http_methods(["GET", "POST"])
@manages_people
def deactivation(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Asks who takes over, telling what there is to take over; then ends the person's access."""
    found = _person(request, pk)
    memberships.check_manages(request.membership, found)
    form = SuccessorForm(request.POST if request.method == "POST" else None, leaver=found)
    if request.method == "POST" and form.is_valid():
        memberships.deactivate(found, by=request.membership, successor=form.cleaned_data["successor"])
        messages.success(request, _("%(name)s has no access any more.") % {"name": found.user})
        return redirect("workspaces:people", workspace_id=workspace_id)
    context = {"person": found, "form": form, "belongings": leaving.belongings(found)}
    return render(request, "workspaces/people/deactivation.html", context, status=422 if form.errors else 200)


@require_POST
@manages_people
def reactivation(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    found = _person(request, pk)
    memberships.reactivate(found, by=request.membership)
    messages.success(
        request,
        _("%(name)s can enter again. Grant what they need on the access page.") % {"name": found.user},
    )
    return redirect("workspaces:person", workspace_id=workspace_id, pk=pk)


def _person(request: WorkspaceRequest, pk: int) -> Membership:
    return get_object_or_404(Membership.objects.of_workspace(request.workspace), pk=pk)


def _invitation(request: WorkspaceRequest, pk: int) -> Invitation:
    return get_object_or_404(Invitation.objects.of_workspace(request.workspace), pk=pk)


def _listing(request: WorkspaceRequest) -> dict[str, object]:
    everyone = list(Membership.objects.of_workspace(request.workspace).by_name())
    return {
        "active": [one for one in everyone if one.is_active],
        "deactivated": [one for one in everyone if not one.is_active],
        "invitations": list(Invitation.objects.of_workspace(request.workspace).open().order_by("-sent_at")),
    }


def _listing_or_redirect(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    if not request.htmx:
        return redirect("workspaces:people", workspace_id=workspace_id)
    context = {**_listing(request), "actor": request.membership}
    return render(request, "workspaces/people/listing.htmx.html", context)
