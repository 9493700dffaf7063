"""The queue of leads that may be one person: one pair after the other, and what people say of each."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from directory.actions import duplicates
from directory.merging import reading, scanning
from directory.models import DuplicatePair, Lead
from directory.permissions import DirectoryPermission
from directory.views.answers import tell
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

merges = requires(DirectoryPermission.MERGE_LEADS)


@require_GET
@merges
def queue(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """A page; for htmx the pair alone."""
    template = "directory/duplicates/queue.htmx.html" if request.htmx else "directory/duplicates/queue.html"
    return render(request, template, _context(request))


@require_http_methods(["POST", "DELETE"])
@merges
def dismissal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """POST: they are not the same. DELETE: they may be after all."""
    pair = _pair(request, pk)
    if request.method == "DELETE":
        duplicates.reopen(pair, by=request.membership)
        return _next(request, _("Undone.") if "undo" in request.GET else _("They are asked about again."))
    duplicates.dismiss(pair, by=request.membership)
    return _next(request, _("Not the same."), undo=f"{request.path}?undo=1")


@require_POST
@merges
def later(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    duplicates.put_off(_pair(request, pk), by=request.membership)
    return _next(request, _("Put off to the end."))


@require_POST
@merges
def scan(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    job = scanning.start(by=request.membership)
    if job.asker_id != request.membership.user_id:
        messages.info(request, _("Somebody else is having all leads compared at this moment."))
        return redirect("directory:duplicates", workspace_id=workspace_id)
    return redirect("jobs:detail", workspace_id=workspace_id, pk=job.pk)


def _pair(request: WorkspaceRequest, pk: int) -> DuplicatePair:
    found = DuplicatePair.objects.visible_to(request.membership).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _next(request: WorkspaceRequest, said: str, undo: str = "") -> HttpResponse:
    """The next pair to the queue; elsewhere (a card's tab) only that it is done, and what shows pairs asks again."""
    if not request.htmx:
        messages.success(request, said)
        return redirect("directory:duplicates", workspace_id=request.workspace.public_id)
    if request.htmx.target == "duplicates":
        response = render(request, "directory/duplicates/queue.htmx.html", _context(request))
    else:
        response = trigger_client_event(HttpResponse(status=204), "pairs-changed", {})
    return tell(response, said, undo=undo, method="delete")


def _context(request: WorkspaceRequest) -> dict[str, Any]:
    """A pair whose leads were merged or deleted between two questions is passed over by the next answer."""
    pair = reading.next_pair(request.membership)
    compared = None
    if pair is not None:
        try:
            compared = reading.compare(*reading.remaining_of(pair), request.membership)
        except Lead.DoesNotExist:
            pair = None
    return {
        "pair": pair,
        "compared": compared,
        "count": reading.count(request.membership),
        "most": reading.COUNTED,
        "live_topics": [f"workspace:{request.workspace.pk}"],
    }
