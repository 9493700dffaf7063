"""Connecting a bot: its token, proved with Telegram at once. An account is connected in Telegram, step by step."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from inbox.channels.pages import back_to, manages
from inbox.channels.telegram import overview, setup
from inbox.channels.telegram.actions import bots
from inbox.channels.telegram.forms import ConnectForm
from inbox.channels.telegram.setup import Elsewhere
from inbox.channels.wrong import Wrong
from inbox.models import Channel
from workspaces.errors import Refused
from workspaces.requests import WorkspaceRequest


@require_http_methods(["GET", "POST"])
@manages
def connect(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """The token becomes a channel, and what people write to the bot is sent here where that works at once."""
    form = ConnectForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form)
    token = form.cleaned_data["token"]
    try:
        bot = setup.bot_of(token)
        bots.check_new(bot)
        if not form.cleaned_data["take_over"]:
            setup.check_free(token)
        channel = bots.connect(by=request.membership, bot=bot, token=token)
    except Elsewhere as elsewhere:
        form.add_error("token", str(elsewhere))
        return _page(request, form, elsewhere=elsewhere.host)
    except (Wrong, Refused) as wrong:
        form.add_error("token", str(wrong))
        return _page(request, form)
    return _connected(request, channel)


@require_GET
@manages
def account(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """How an existing account comes here: its owner does it, in Telegram."""
    return render(request, "inbox/telegram/account.html", {"bots": overview.bots()})


def _connected(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    messages.success(request, _("%(name)s is connected.") % {"name": channel.name})
    try:
        webhook = setup.register(channel)
        bots.note_webhook(channel, webhook, problem=setup.worry(channel, webhook))
    except Wrong as wrong:
        messages.warning(request, str(wrong))
    if not request.htmx:
        return back_to(channel)
    place = reverse("inbox:telegram", kwargs={"workspace_id": request.workspace.public_id, "pk": channel.pk})
    return HttpResponseClientRedirect(place)


def _page(request: WorkspaceRequest, form: ConnectForm, *, elsewhere: str = "") -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "elsewhere": elsewhere,
        "simulated": not setup.is_telegram(),
        "callback_problem": setup.callback_problem(),
    }
    name = "connect.htmx" if request.htmx else "connect"
    return render(request, f"inbox/telegram/{name}.html", context, status=422 if form.errors else 200)
