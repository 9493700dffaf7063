"""The tab "History" of a lead: every change, searched and filtered, page by page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.cleanness import whole_number
from directory import changes as reading
from directory import timeline
from directory.models import Lead
from directory.views.answers import lead_of, place_of
from directory.views.following import follows_merge
from workspaces.requests import WorkspaceRequest

LONGEST = 100  # characters of what is searched for


@require_GET
@follows_merge()
def changes(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`?words=`, `?by=` (a person), `?of=` (a kind); `?after=` what is older than an event."""
    lead = lead_of(request, pk)
    context = {"lead": lead, "place": place_of(request) or "page", **shown(request, lead)}
    template = (
        "directory/changes/more.htmx.html" if request.GET.get("after") else "directory/changes/list.htmx.html"
    )
    return render(request, template, context)


def load(request: WorkspaceRequest, lead: Lead) -> dict[str, Any]:
    """Of the tab, as it is opened."""
    return {**shown(request, lead), "people": reading.people(lead), "groups": timeline.GROUPS}


def shown(request: WorkspaceRequest, lead: Lead) -> dict[str, Any]:
    asked = reading.Asked(
        words=request.GET.get("words", "").strip()[:LONGEST],
        kind=request.GET.get("of", ""),
        person=request.GET.get("by", ""),
        after=whole_number(request.GET.get("after", "")),
    )
    return {"asked": asked, "found": reading.page(lead, request.membership, asked)}
