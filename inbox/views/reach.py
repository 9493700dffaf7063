"""Whether one may write to a lead: a part of the General tab of its card."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from directory.views.answers import lead_of
from inbox.conversations import composing
from workspaces.requests import WorkspaceRequest


@require_GET
def reach(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Of each sender that they are: by which channel, and whether, until when, or why not."""
    routes = composing.routes_of(lead_of(request, pk), request.membership)
    return render(request, "inbox/conversations/reach.htmx.html", {"routes": routes, "pk": pk})
