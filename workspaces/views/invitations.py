"""The page behind an invitation's link. Public: who opens it may have no account yet."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from workspaces.accounts import admission
from workspaces.actions import invitations
from workspaces.errors import Refused
from workspaces.models import Invitation, User


@sensitive_variables("token")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """GET tells who invites to what; a POST accepts, by way of signing in or up where that is needed.

    A scanner that opens the link changes nothing: only the POST does.
    """
    found = Invitation.objects.by_token(token).first()
    if found is None or not found.is_open or found.is_expired:
        return render(request, "workspaces/invitations/invalid.html", {"invitation": found}, status=410)
    context = {"invitation": found, "has_account": User.objects.filter(email=found.email).exists()}
    if request.method == "GET":
        return render(request, "workspaces/invitations/invitation.html", context)
    if not request.user.is_authenticated:
        return admission.begin(request, found)
    try:
        membership = invitations.accept(found, by=request.user)
    except Refused as refused:
        return render(
            request, "workspaces/invitations/invitation.html", {**context, "refused": refused}, status=409
        )
    messages.success(request, _("Welcome to %(name)s.") % {"name": found.workspace})
    return redirect("workspaces:home_of", workspace_id=membership.workspace.public_id)
