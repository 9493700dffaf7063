"""Settings of one widget, for who manages channels."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions import channels
from inbox.channels.webchat.actions import widgets
from inbox.channels.webchat.forms import WidgetForm
from inbox.channels.webchat.views import pages
from inbox.channels.webchat.widget import KIND, Widget
from inbox.models import Channel
from inbox.permissions import InboxPermission
from workspaces.forms.people import ConfirmationForm
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

manages = requires(InboxPermission.MANAGE_CHANNELS)


@require_http_methods(["GET", "POST"])
@manages
def connect(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """A POST makes one; it works at once."""
    if request.method == "GET":
        return redirect("inbox:channels", workspace_id=workspace_id)
    channel = widgets.connect(by=request.membership)
    messages.success(request, _("Your web chat works. Try it, then put it on your site."))
    return redirect("inbox:webchat", workspace_id=workspace_id, pk=channel.pk)


@require_http_methods(["GET", "POST"])
@manages
def edit(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    channel = _found(pk)
    form = WidgetForm(request.POST if request.method == "POST" else None, channel=channel)
    if request.method == "POST" and form.is_valid():
        widgets.change(channel, by=request.membership, name=form.cleaned_data["name"], widget=form.widget())
        messages.success(request, _("Saved."))
        return redirect("inbox:webchat", workspace_id=workspace_id, pk=pk)
    return _page(request, channel, form)


@require_GET
@xframe_options_sameorigin
@manages
def preview(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """The page as it would be with what stands in the form; what is not fit yet stays as it is."""
    channel = _found(pk)
    form = WidgetForm(request.GET, channel=channel)
    widget = form.widget() if form.is_valid() else Widget.of(channel)
    return pages.shown(request, channel, widget, lang=request.GET.get("lang", ""), preview=True)


@require_POST
@manages
def secret(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A new secret, shown in this one answer."""
    channel = _found(pk)
    shown = widgets.rotate_secret(channel, by=request.membership)
    response = _page(request, channel, WidgetForm(channel=channel), secret=shown)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@manages
def removal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    channel = _found(pk)
    form = ConfirmationForm(request.POST, name=channel.name)
    if not form.is_valid():
        return _page(request, channel, WidgetForm(channel=channel), confirmation=form)
    channels.remove(channel, by=request.membership)
    messages.success(request, _("%(name)s is removed. Its conversations stay.") % {"name": channel.name})
    return redirect("inbox:channels", workspace_id=workspace_id)


def _page(
    request: WorkspaceRequest,
    channel: Channel,
    form: WidgetForm,
    *,
    secret: str = "",
    confirmation: ConfirmationForm | None = None,
) -> HttpResponse:
    loader = settings.BASE_URL + reverse("webchat:loader", kwargs={"token": channel.external_id})
    context = {
        "channel": channel,
        "form": form,
        "snippet": f'<script src="{loader}" async></script>',
        "secret": secret,
        "confirmation": confirmation,
        "origins": Widget.of(channel).origins,
    }
    refused = form.errors or (confirmation and confirmation.errors)
    response = render(request, "inbox/webchat/settings.html", context, status=422 if refused else 200)
    response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]
    return response


def _found(pk: int) -> Channel:
    """404 where there is no such widget in use."""
    return get_object_or_404(Channel.objects.in_use().filter(kind=KIND), pk=pk)
