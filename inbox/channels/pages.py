"""The page of a channel: what the views of each kind have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inbox.actions import channels
from inbox.channels import kinds
from inbox.channels.forms import NameForm
from inbox.channels.wrong import Wrong
from inbox.models import Channel
from inbox.permissions import InboxPermission
from workspaces.forms.people import ConfirmationForm
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

View = Callable[[WorkspaceRequest, Channel], HttpResponse]
Routed = Callable[..., HttpResponse]
FRESH = ["state", "problem", "problem_at", "settings", "last_event_at"]  # what an act may have changed

manages = requires(InboxPermission.MANAGE_CHANNELS)


def shows(*keys: str) -> Callable[[View], Routed]:
    """A GET of who manages channels. Gives the view the channel that its address names; 404 where none of these kinds
    is in use under it."""
    return lambda view: require_GET(manages(_named(view, keys)))


def acts(*keys: str) -> Callable[[View], Routed]:
    """The same of a POST."""
    return lambda view: require_POST(manages(_named(view, keys)))


def _named(view: View, keys: tuple[str, ...]) -> Routed:
    @wraps(view)
    def with_channel(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
        found = Channel.objects.in_use().filter(kind__in=keys).select_related("app")
        return view(request, get_object_or_404(found, pk=pk))

    return with_channel


def back_to(channel: Channel) -> HttpResponse:
    """Its page."""
    name = kinds.get(channel.kind).settings_url_name()
    return redirect(name, workspace_id=channel.workspace.public_id, pk=channel.pk)


@dataclass(frozen=True)
class ChannelPage:
    """Of one provider's channels. `templates` holds channel.html and a fragment for each of `parts`, which is drawn by
    what its function knows of the channel; `forms` are those of the page, empty."""

    templates: str
    parts: dict[str, Callable[[Channel], dict[str, Any]]]
    forms: Callable[[Channel], dict[str, Any]]

    def whole(self, request: WorkspaceRequest, channel: Channel, **given: Any) -> HttpResponse:
        """The page; `given` are forms that were refused, and what else differs."""
        context: dict[str, Any] = {"channel": channel, "confirmation": None}
        for known in self.parts.values():
            context |= known(channel)
        context |= {"name_form": NameForm(initial={"name": channel.name}), **self.forms(channel), **given}
        refused = any(getattr(form, "errors", None) for form in given.values())
        return render(request, f"{self.templates}/channel.html", context, status=422 if refused else 200)

    def state(self, request: WorkspaceRequest, channel: Channel) -> HttpResponse:
        """What a signal, or the wait for the first message, fetches anew."""
        return self.part(request, channel, "state")

    def part(self, request: WorkspaceRequest, channel: Channel, name: str, **more: Any) -> HttpResponse:
        """After an act; the page itself without htmx."""
        if not request.htmx:
            return back_to(channel)
        channel.refresh_from_db(fields=FRESH)
        context = {"channel": channel, **self.parts[name](channel), **more}
        return render(request, f"{self.templates}/{name}.htmx.html", context)

    def rename(self, request: WorkspaceRequest, channel: Channel) -> HttpResponse:
        form = NameForm(request.POST)
        if not form.is_valid():
            return self.whole(request, channel, name_form=form)
        channels.rename(channel, by=request.membership, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return back_to(channel)

    def prove(
        self,
        request: WorkspaceRequest,
        channel: Channel,
        form: Form,
        change: Callable[[str], None],
        said: str,
    ) -> HttpResponse:
        """A new token, which `change` proves and puts in the old one's place, or raises Wrong."""
        if form.is_valid():
            try:
                change(form.cleaned_data["token"])
            except Wrong as wrong:
                form.add_error("token", str(wrong))
            else:
                messages.success(request, said)
                return back_to(channel)
        return self.whole(request, channel, token_form=form)

    def remove(
        self,
        request: WorkspaceRequest,
        channel: Channel,
        leave: Callable[[Channel], str],
        remove: Callable[..., None] = channels.remove,
    ) -> HttpResponse:
        """Once its name was typed. `leave` tells the provider, and says what did not go well; it is removed all the
        same."""
        form = ConfirmationForm(request.POST, name=channel.name)
        if not form.is_valid():
            return self.whole(request, channel, confirmation=form)
        if problem := leave(channel):
            messages.warning(request, problem)
        remove(channel, by=request.membership)
        words = _("%(name)s is disconnected. Its conversations stay.")
        messages.success(request, words % {"name": channel.name})
        return redirect("inbox:channels", workspace_id=request.workspace.public_id)
