"""Merging two leads: whom with, what stays of each, and taking it back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from directory import cards, search
from directory.actions import merges as acts
from directory.actions import splits
from directory.merging import reading
from directory.merging.following import remaining
from directory.models import Lead, Merge, Placement
from directory.permissions import DirectoryPermission
from directory.views.answers import lead_of, tell
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

merges = requires(DirectoryPermission.MERGE_LEADS)
FOUND = 8
QUEUE = "queue"


@require_GET
@merges
def choose(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A dialog: whom it looks like, and a search for any other. `?q=` the found ones alone."""
    lead = lead_of(request, pk)
    words = request.GET.get("q", "").strip()
    found = [one for one in search.find(request.membership, words, FOUND + 1) if one.pk != pk][:FOUND]
    names = cards.load_all(found, request.membership, [cards.NAME])[cards.NAME]
    context: dict[str, Any] = {
        "lead": lead,
        "words": words,
        "found": [(one, names[one.pk]) for one in found],
    }
    if "q" in request.GET:
        return render(request, "directory/duplicates/found.htmx.html", context)
    context["others"] = reading.looks_like(lead, request.membership)
    return render(request, "directory/duplicates/choose.htmx.html", context)


@require_http_methods(["GET", "POST"])
@merges
def merging(request: WorkspaceRequest, workspace_id: str, pk: int, other: int) -> HttpResponse:
    """GET: what both say, field by field. POST: `other` becomes part of `pk`, with what was chosen of each."""
    if request.method == "POST":
        return _merge(request, pk, other)
    if pk == other:
        raise Http404
    try:
        compared = reading.compare(pk, other, request.membership)
    except Lead.DoesNotExist:
        raise Http404 from None
    context = {"compared": compared, "place": _place(request)}
    return render(request, "directory/duplicates/preview.htmx.html", context)


@require_POST
@merges
def undo(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Two leads again; the page of the one that remained says what stayed."""
    merge = get_object_or_404(Merge, pk=pk)
    here = remaining(merge.kept_id) or merge.kept_id
    if not Placement.objects.visible_to(request.membership).filter(pk=here).exists():
        raise Http404
    merge = splits.split(merge, by=request.membership)
    said = _("They are two leads again.")
    if any(merge.stayed.values()):
        said = _("They are two leads again. What came since and belongs to no channel of theirs stayed here.")
    if request.htmx and request.GET.get("in") == QUEUE:
        return _done(said, "")
    messages.success(request, said)
    target = redirect("directory:lead", workspace_id=workspace_id, pk=merge.kept_id)
    return HttpResponseClientRedirect(target.url) if request.htmx else target


def _merge(request: WorkspaceRequest, pk: int, other: int) -> HttpResponse:
    found = Lead.objects.in_bulk([pk, other])
    if set(found) != {pk, other}:
        raise Http404
    choices = {
        key.removeprefix("field-"): str(value)
        for key, value in request.POST.items()
        if key.startswith("field-")
    }
    try:
        made = acts.merge(found[pk], found[other], by=request.membership, choices=choices)
    except Placement.DoesNotExist:
        raise Http404 from None
    back = reverse(
        "directory:merge_undo", kwargs={"workspace_id": request.workspace.public_id, "pk": made.pk}
    )
    if request.htmx and _place(request) == QUEUE:
        return _done(_("Merged."), f"{back}?in={QUEUE}")
    messages.success(request, _("Merged. You can take it back for 30 days, under “Related”."))
    target = redirect("directory:lead", workspace_id=request.workspace.public_id, pk=pk)
    return HttpResponseClientRedirect(target.url) if request.htmx else target


def _done(said: str, undo: str) -> HttpResponse:
    """To the queue, which asks for the pair that is next."""
    response = HttpResponse(status=204)
    for event in ("dialog:close", "pairs-changed"):
        trigger_client_event(response, event, {})
    return tell(response, said, undo=undo)


def _place(request: WorkspaceRequest) -> str:
    return QUEUE if request.GET.get("in") == QUEUE else ""
