"""A new conversation: whom to write to. By which number and with what, the composer of their thread asks."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.patience import patiently
from directory import naming, phones, search
from directory.models import ContactPoint
from directory.permissions import DirectoryPermission
from workspaces.requests import WorkspaceRequest

SHOWN = 8


@require_GET
@patiently
def new(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """A dialog, or a page; with `?q=` for htmx the leads that are found alone."""
    member, words = request.membership, request.GET.get("q", "").strip()
    placements = search.find(member, words, SHOWN) if len(words) >= search.FEWEST else []
    points: dict[int, list[ContactPoint]] = {}
    for point in naming.points_of.rows(leads=[one.pk for one in placements]) if placements else []:
        points.setdefault(point.lead_id, []).append(point)
    of_workspace = phones.region_of(member.workspace.currency, member.workspace.time_zone)
    context = {
        "words": words,
        "is_number": phones.parse(words, of_workspace) is not None,
        "may_create": member.may(DirectoryPermission.WORK_LEADS),
        "found": [
            (
                one,
                naming.called(one.lead.name, points.get(one.pk, ()), member),
                [naming.shown_point(point, member) for point in points.get(one.pk, ())],
            )
            for one in placements
        ],
    }
    if request.htmx and "q" in request.GET:
        return render(request, "inbox/conversations/found.htmx.html", context)
    whole = "inbox/conversations/new.htmx.html" if request.htmx else "inbox/conversations/new.html"
    return render(request, whole, context)
