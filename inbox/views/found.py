"""Finding what a conversation's address names, among what the person may see."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from directory.models import Lead, Placement
from directory.visibility import in_sight
from inbox.models import Message
from workspaces.requests import WorkspaceRequest


def placement_of(request: WorkspaceRequest, pk: int) -> Placement:
    """With its lead, stage and assignee; 404 where the person may not see it."""
    found = in_sight(request.membership, [pk], "lead", "stage", "assignee__user", tells=True)
    if not found:
        raise Http404("no such lead")
    return found[0]


def lead_of(request: WorkspaceRequest, pk: int) -> Lead:
    return placement_of(request, pk).lead


def message_of(lead: Lead, pk: int) -> Message:
    messages = Message.objects.of_lead(lead).select_related("author__user", "channel", "identity", "session")
    return get_object_or_404(messages, pk=pk)
