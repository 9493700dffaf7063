"""Blocking the senders of a lead: a dialog of who they are, and the act on one of them. And the menu of a row."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from directory.models import Lead
from directory.permissions import DirectoryPermission
from directory.views.answers import CHANGED, refuse, told
from inbox.actions import blocking
from inbox.conversations import composing
from inbox.conversations.beginning import Asked
from inbox.models import Identity
from inbox.views.found import lead_of, placement_of
from workspaces.errors import Refused
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

works = requires(DirectoryPermission.WORK_LEADS)


@require_GET
@works
def blocks(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """The lead's senders, each with whether it is blocked, by whom and since when."""
    lead = lead_of(request, pk)
    routes = {route.pk: route for route in composing.routes_of(lead, request.membership)}
    senders = Identity.objects.of_lead(lead).select_related("channel", "blocked_by__user")
    shown = [
        (sender, routes[sender.pk], blocking.may_block(sender.channel_id, request.membership))
        for sender in senders
        if sender.pk in routes
    ]
    return render(request, "inbox/conversations/blocks.htmx.html", {"senders": shown, "pk": pk})


@require_http_methods(["POST", "DELETE"])
@works
def block(request: WorkspaceRequest, workspace_id: str, pk: int, identity: int) -> HttpResponse:
    """POST blocks, DELETE unblocks. To the composer it is answered with the composer, else by what the page hears."""
    lead = lead_of(request, pk)
    sender = get_object_or_404(Identity.objects.of_lead(lead), pk=identity)
    is_block = request.method == "POST"
    try:
        (blocking.block if is_block else blocking.unblock)(sender, by=request.membership)
    except Refused as refused:
        return refuse(request, pk, str(refused))
    response = _answer(request, lead, sender)
    for event in ("dialog:close", "refresh-thread"):
        trigger_client_event(response, event, {})
    trigger_client_event(response, CHANGED, {"id": pk})
    text = _("Blocked. What they write from now on tells nobody.") if is_block else _("Unblocked.")
    return told(request, response, text, "delete" if is_block else "post")


@require_GET
def menu(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """What one does with a conversation, for its row in the list."""
    placement = placement_of(request, pk)
    may_erase = request.membership.may(DirectoryPermission.ERASE_LEADS)
    return render(
        request, "inbox/conversations/menu.htmx.html", {"placement": placement, "may_erase": may_erase}
    )


def _answer(request: WorkspaceRequest, lead: Lead, sender: Identity) -> HttpResponse:
    if request.htmx and request.htmx.target == "composer":
        found = composing.composer(lead, request.membership, Asked(identity=sender.pk))
        context = {"composer": found, "pk": lead.pk}
        return render(request, "inbox/conversations/composer.htmx.html", context)
    return trigger_client_event(HttpResponse(status=204), "composer:again", {})
