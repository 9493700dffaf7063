"""Settings → Channels: all of them with how they are, and what can be connected."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from inbox.channels import kinds
from inbox.channels.kinds import ChannelKind
from inbox.models import Channel
from inbox.permissions import InboxPermission
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest


@require_GET
@requires(InboxPermission.MANAGE_CHANNELS)
def listing(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    known = {kind.key: kind for kind in kinds.all_kinds()}
    channels = [
        {
            "channel": channel,
            "label": known[channel.kind].label,
            "icon": known[channel.kind].icon,
            "href": reverse(
                known[channel.kind].settings_url_name(),
                kwargs={"workspace_id": workspace_id, "pk": channel.pk},
            ),
        }
        for channel in Channel.objects.in_use().by_name()
        if channel.kind in known
    ]
    context = {"channels": channels, "kinds": [_offer(kind, workspace_id) for kind in known.values()]}
    return render(request, "inbox/channels/list.html", context)


def _offer(kind: ChannelKind, workspace_id: str) -> dict[str, object]:
    """A card: what it is, and where it is connected. Some are made at once, by a POST."""
    return {
        "label": kind.label,
        "icon": kind.icon,
        "description": getattr(kind, "description", ""),
        "at_once": getattr(kind, "connects_at_once", False),
        "href": reverse(kind.connect_url_name(), kwargs={"workspace_id": workspace_id}),
    }
