"""Deleting a lead for good, and erasing its personal data: a dialog that wants the name typed, and the act."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh, trigger_client_event

from directory import naming, phones
from directory.actions import erasure, personal
from directory.models import Lead, Placement
from directory.permissions import DirectoryPermission
from directory.views.answers import CHANGED, lead_to_change, place_of, tell
from workspaces.errors import Refused
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest


@require_http_methods(["GET", "POST"])
@requires(DirectoryPermission.ERASE_LEADS)
def lead_erasure(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`confirmation` is what the lead is called, as the person sees it."""
    lead = lead_to_change(request, pk)
    word = _word(lead, request)
    typed = request.POST.get("confirmation", "").strip()
    error = "" if request.method == "GET" else _("That is not what stands above. Type it once more.")
    if request.method == "POST" and typed == word:
        try:
            erasure.begin([lead.pk], by=request.membership)
        except Placement.DoesNotExist:
            raise Http404 from None  # a moment ago somebody else deleted it, or took it out of sight
        except Refused as refused:
            error = str(refused)
        else:
            return _gone(request, pk)
    context = {"lead": lead, "word": word, "place": place_of(request), "error": error}
    return render(request, "directory/erasure.htmx.html", context, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@requires(DirectoryPermission.ERASE_PERSONAL)
def lead_personal_erasure(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """As above. What is shown of the lead loads anew, and shows what is left."""
    lead = lead_to_change(request, pk)
    word = _word(lead, request)
    typed = request.POST.get("confirmation", "").strip()
    error = "" if request.method == "GET" else _("That is not what stands above. Type it once more.")
    if request.method == "POST" and typed == word:
        try:
            personal.begin(lead, by=request.membership)
        except Placement.DoesNotExist:
            raise Http404 from None
        except Refused as refused:
            error = str(refused)
        else:
            return _erased(request, pk)
    context = {"lead": lead, "word": word, "place": place_of(request), "error": error}
    return render(request, "directory/personal.htmx.html", context, status=422 if error else 200)


def _word(lead: Lead, request: WorkspaceRequest) -> str:
    """On one line, and never something that cannot be typed."""
    points = list(lead.contact_points.order_by("id"))
    name = " ".join(naming.called(lead.name, points, request.membership).split())
    return name if name.isprintable() and phones.BULLET not in name else _("delete")


def _gone(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Where the lead was all of the page, elsewhere; a board, a list, a drawer lose it."""
    text = _("The lead is deleted. Its messages and files are being removed.")
    if not request.htmx or place_of(request) in ("page", "panel"):
        messages.success(request, text)
        route = "inbox:conversations" if place_of(request) == "panel" else "directory:directory"
        target = redirect(route, workspace_id=request.workspace.public_id)
        return HttpResponseClientRedirect(target.url) if request.htmx else target
    response = HttpResponse(status=204)
    for event in ("dialog:close", "drawer:close"):
        trigger_client_event(response, event, {})
    trigger_client_event(response, CHANGED, {"id": pk})
    return tell(response, text)


def _erased(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A page is loaded anew, since all of it shows the person; elsewhere the dialog closes, and boards hear of it."""
    text = _("Who they were is erased. What they wrote is being emptied.")
    if not request.htmx:
        messages.success(request, text)
        return redirect("directory:lead", workspace_id=request.workspace.public_id, pk=pk)
    if place_of(request) in ("page", "panel"):
        messages.success(request, text)
        return HttpResponseClientRefresh()
    response = HttpResponse(status=204)
    for event in ("dialog:close", "drawer:close"):
        trigger_client_event(response, event, {})
    trigger_client_event(response, CHANGED, {"id": pk})
    return tell(response, text)
