"""What a person has read, and the head of a conversation, which shows where it stands."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from crm.cleanness import whole_number
from directory import cards
from directory.views.answers import tell
from directory.views.following import follows_merge
from inbox.actions import reading
from inbox.views.found import lead_of, placement_of
from workspaces.requests import WorkspaceRequest


@require_http_methods(["POST", "DELETE"])
def read(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """POST `upto`: the id of the last message that was seen. DELETE: the last one is unread again."""
    lead = lead_of(request, pk)
    up_to = whole_number(request.POST.get("upto", "") or request.GET.get("upto", ""))
    response = HttpResponse(status=204)
    if request.method == "DELETE":
        last = reading.mark_unread(lead, by=request.membership)
        if last is None:
            return tell(response, _("They have not written yet."))
        return tell(response, _("Marked as unread."), undo=f"{request.path}?upto={last}&undo=1")
    if up_to is None:
        return HttpResponse(status=400)
    reading.mark_read(lead, by=request.membership, up_to=up_to)
    return tell(response, _("Undone.")) if "undo" in request.GET else response


@require_GET
@follows_merge()
def head(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """What stands above the thread, drawn again when the lead changes."""
    placement = placement_of(request, pk)
    name = cards.load_all([placement], request.membership, [cards.NAME])[cards.NAME]
    context = {"placement": placement, "name": name.get(pk) or placement.lead.name}
    return render(request, "inbox/conversations/head.htmx.html", context)
