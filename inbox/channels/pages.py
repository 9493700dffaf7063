"""What the views of a channel's page have in common, whatever its kind."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from inbox.channels import kinds
from inbox.models import Channel
from inbox.permissions import InboxPermission
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

View = Callable[[WorkspaceRequest, Channel], HttpResponse]
FRESH = ["state", "problem", "problem_at", "settings", "last_event_at"]  # what an act may have changed

manages = requires(InboxPermission.MANAGE_CHANNELS)


def of_kind(*keys: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Gives a view the channel that its address names; 404 where none of these kinds is in use under it."""

    def of_channel(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def with_channel(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
            found = Channel.objects.in_use().filter(kind__in=keys).select_related("app")
            return view(request, get_object_or_404(found, pk=pk))

        return with_channel

    return of_channel


def back_to(channel: Channel) -> HttpResponse:
    """Its page."""
    name = kinds.get(channel.kind).settings_url_name()
    return redirect(name, workspace_id=channel.workspace.public_id, pk=channel.pk)
