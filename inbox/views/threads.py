"""One conversation: its thread, the composer, and stretches of the thread that are fetched later."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.cleanness import whole_number
from directory import cards, naming
from directory.models import Lead, Placement
from directory.views.following import follows_merge
from inbox.conversations import composing, thread
from inbox.conversations.beginning import Asked
from inbox.models import Message
from inbox.views.conversations import list_context, screen_context
from inbox.views.found import lead_of, message_of, placement_of
from workspaces.requests import WorkspaceRequest


@require_GET
@follows_merge(whole=True)
def conversation(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """The whole screen; for htmx the open conversation alone. `?point=` writes to that number of the lead."""
    placement = placement_of(request, pk)
    context = conversation_context(request, placement)
    if request.htmx:
        return render(request, "inbox/conversations/conversation.htmx.html", context)
    context |= list_context(request, here=pk) | screen_context(request)
    return render(request, "inbox/conversations/index.html", context)


@require_GET
@follows_merge()
def stretch(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`?older=`, `?newer=`, `?since=`, `?around=` a message's id; without, the newest."""
    lead = lead_of(request, pk)
    try:
        found = _asked(request, lead)
    except Message.DoesNotExist:
        raise Http404
    context = {"stretch": found, "reader": request.membership, "pk": pk}
    return render(request, "inbox/conversations/stretch.htmx.html", context)


@require_GET
def detail(request: WorkspaceRequest, workspace_id: str, pk: int, message: int) -> HttpResponse:
    """How a message went: medium, states with their times, the provider's error."""
    found = message_of(lead_of(request, pk), message)
    context = {
        "message": found,
        "bubble": thread.alone(found, request.membership),
        "error": naming.shown_text(found.error, request.membership),
        # A provider's id of a message may be made of the customer's number.
        "shows_id": naming.sees_phones(request.membership),
    }
    return render(request, "inbox/conversations/detail.htmx.html", context)


def conversation_context(request: WorkspaceRequest, placement: Placement) -> dict[str, Any]:
    name = cards.load_all([placement], request.membership, [cards.NAME])[cards.NAME]
    return {
        "placement": placement,
        "name": name.get(placement.pk) or placement.lead.name,
        "pk": placement.pk,
        "stretch": thread.opened(placement.lead, request.membership),
        "composer": composing.composer(placement.lead, request.membership, Asked.of(request.GET)),
        "reader": request.membership,
    }


def _asked(request: WorkspaceRequest, lead: Lead) -> thread.Stretch:
    ways = {"older": thread.older, "newer": thread.newer, "around": thread.around}
    for name, way in ways.items():
        pk = whole_number(request.GET.get(name, ""))
        if pk is not None:
            return way(lead, request.membership, pk)
    pk = whole_number(request.GET.get("since", ""))
    if pk is not None:
        return thread.since(lead, request.membership, pk, new=whole_number(request.GET.get("new", "")))
    return thread.newest(lead, request.membership)
