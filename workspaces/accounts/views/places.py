"""Where I am logged in, and logging out there."""

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from workspaces.accounts import sessions
from workspaces.requests import SignedInRequest


@login_required
@require_GET
def listing(request: SignedInRequest) -> HttpResponse:
    places = sessions.places(request.user, request.session.session_key)
    return render(request, "usersessions/usersession_list.html", {"places": places})


@login_required
@require_POST
@ratelimit.decorator(app="allauth.account", action="sessions")
def ending(request: SignedInRequest, pk: int) -> HttpResponse:
    """One of mine; somebody else's is not there."""
    if sessions.end(request.user, pk=pk):
        messages.success(request, _("Logged out there."))
    return redirect("usersessions_list")


@login_required
@require_POST
@ratelimit.decorator(app="allauth.account", action="sessions")
def ending_of_others(request: SignedInRequest) -> HttpResponse:
    ended = sessions.end(request.user, keep=request.session.session_key)
    text = ngettext("Logged out on %(count)s other device.", "Logged out on %(count)s other devices.", ended)
    messages.success(request, text % {"count": ended} if ended else _("You are logged in only here."))
    return redirect("usersessions_list")
