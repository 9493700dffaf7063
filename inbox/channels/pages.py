"""What the views of a channel's page have in common, whatever its kind."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from inbox.actions import channels
from inbox.channels import kinds
from inbox.channels.forms import NameForm
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


def rename(request: WorkspaceRequest, channel: Channel, page: Callable[..., HttpResponse]) -> HttpResponse:
    """Gives it the posted name; `page` is drawn with `name_form` where that will not do."""
    form = NameForm(request.POST)
    if not form.is_valid():
        return page(request, channel, name_form=form)
    channels.rename(channel, by=request.membership, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return back_to(channel)


def disconnect(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Removes it, once its provider was told; leads to those that are left."""
    channels.remove(channel, by=request.membership)
    messages.success(request, _("%(name)s is disconnected. Its conversations stay.") % {"name": channel.name})
    return redirect("inbox:channels", workspace_id=request.workspace.public_id)
