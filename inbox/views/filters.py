"""What the list's filters offer, once one is opened."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from inbox.conversations import choosing
from inbox.conversations.wanted import Wanted
from workspaces.requests import WorkspaceRequest


@require_GET
def choices(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Of the filter `field`; without it, the filters themselves."""
    field = request.GET.get("field", "")
    wanted = Wanted.of(request.GET, request.membership)
    if not field:
        context = {"wanted": wanted, "fields": choosing.FIELDS}
        return render(request, "inbox/conversations/filters.htmx.html", context)
    if field not in choosing.FIELDS:
        raise Http404("no such filter")
    context = {"wanted": wanted, "groups": choosing.options(request.membership, wanted, field)}
    return render(request, "inbox/conversations/choices.htmx.html", context)
