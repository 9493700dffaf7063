"""Finding what a conversation's address names, among what the person may see."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from crm.prepared import Prepared
from directory.models import Lead, Placement
from inbox.models import Message
from workspaces.requests import WorkspaceRequest

_WITH = ("lead", "stage", "assignee__user")
# What owner and admins see: all of it.
_ANY = Prepared(lambda pk: Placement.objects.filter(pk=pk).select_related(*_WITH), pk=-1)


def placement_of(request: WorkspaceRequest, pk: int) -> Placement:
    """With its lead, stage and assignee; 404 where the person may not see it."""
    if request.membership.is_seller:
        visible = Placement.objects.visible_to(request.membership).select_related(*_WITH)
        return get_object_or_404(visible, pk=pk)
    placement = _ANY.first(pk=pk)
    if placement is None:
        raise Http404("no such lead")
    return placement


def lead_of(request: WorkspaceRequest, pk: int) -> Lead:
    return placement_of(request, pk).lead


def message_of(lead: Lead, pk: int) -> Message:
    messages = Message.objects.of_lead(lead).select_related("author__user", "channel", "identity", "session")
    return get_object_or_404(messages, pk=pk)
