"""The page of one page or account: how it is, where its webhooks go, and what an admin does with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.work import DeliveryError
from inbox.channels.forms import NameForm
from inbox.channels.meta import asking, checking, overview, subscribing
from inbox.channels.meta.actions import connecting
from inbox.channels.meta.connection import INSTAGRAM, MESSENGER, has_own_login
from inbox.channels.meta.facts import Facts
from inbox.channels.meta.forms import ExtensionForm, TokenForm
from inbox.channels.meta.graph import GraphError
from inbox.channels.meta.setup import Wrong, told
from inbox.channels.pages import FRESH, back_to, disconnect, manages, of_kind, rename
from inbox.models import Channel
from workspaces.forms.people import ConfirmationForm
from workspaces.requests import WorkspaceRequest

of_channel = of_kind(MESSENGER, INSTAGRAM)


@require_GET
@manages
@of_channel
def page(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    return _page(request, channel)


@require_GET
@manages
@of_channel
def state(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """What a signal, or the wait for the first message, fetches anew."""
    return _fragment(request, channel)


@require_POST
@manages
@of_channel
def check(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Asks Meta now."""
    try:
        checking.refresh(channel)
    except DeliveryError as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("Meta answered: the channel is as shown."))
    return _fragment(request, channel)


@require_POST
@manages
@of_channel
def webhook(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Has Meta send the webhooks here, again or for the first time."""
    try:
        warning = subscribing.subscribe(channel)
    except Wrong as wrong:
        messages.error(request, str(wrong))
    else:
        connecting.note_subscribed(channel, by=request.membership)
        if channel.app:
            channel.app.refresh_from_db()  # Meta has called us meanwhile
        if warning:
            messages.warning(request, warning)
        else:
            messages.success(request, _("Meta sends what happens here."))
    return _fragment(request, channel)


@require_POST
@manages
@of_channel
def extension(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Whether people may answer for seven days, as Human Agent."""
    form = ExtensionForm(request.POST)
    if form.is_valid():
        connecting.extend(channel, by=request.membership, extended=form.cleaned_data["extended"])
        messages.success(request, _("Saved."))
    return _fragment(request, channel)


@require_POST
@manages
@of_channel
def name(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    return rename(request, channel, _page)


@require_POST
@manages
@of_channel
def token(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """A new token; it takes the old one's place only where Meta shows the same page or account for it."""
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            facts = _facts_of(channel, form.cleaned_data["token"])
            connecting.change_token(channel, by=request.membership, token=facts.page.token, facts=facts)
        except Wrong as wrong:
            form.add_error("token", str(wrong))
        else:
            messages.success(request, _("Meta accepts it. It is in use."))
            return back_to(channel)
    return _page(request, channel, token_form=form)


@require_POST
@manages
@of_channel
def removal(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    form = ConfirmationForm(request.POST, name=channel.name)
    if not form.is_valid():
        return _page(request, channel, confirmation=form)
    try:
        subscribing.unsubscribe(channel, shared=connecting.is_sent_by(channel))
    except GraphError as error:
        words = _("Meta still sends its webhooks here, where they are ignored: %(problem)s")
        messages.warning(request, words % {"problem": error})
    return disconnect(request, channel)


def _facts_of(channel: Channel, given: str) -> Facts:
    """Raises Wrong, also where the token is of another page or account."""
    if has_own_login(channel):
        facts = asking.own_login(given)
        found = facts.page.instagram
    else:
        assert channel.app is not None
        page_id = str(channel.settings.get("page", {}).get("id", ""))
        fresh = asking.page_of(channel.app, given, page_id)
        facts = asking.facts_for(channel.app, fresh, checking.scopes_of(channel.kind))
        found = fresh.instagram if channel.kind == INSTAGRAM else fresh.id
    if found != channel.external_id:
        raise Wrong(_("This token is of another account. Generate it for this one."))
    return facts


def _fragment(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    if not request.htmx:
        return back_to(channel)
    channel.refresh_from_db(fields=FRESH)
    return render(request, "inbox/meta/state.htmx.html", {"channel": channel, **overview.state(channel)})


def _page(request: WorkspaceRequest, channel: Channel, **given: Any) -> HttpResponse:
    fresh = {
        "name_form": NameForm(initial={"name": channel.name}),
        "token_form": TokenForm(),
        "confirmation": None,
    }
    context = {"channel": channel, **overview.state(channel), **fresh, **given}
    refused = any(getattr(form, "errors", None) for form in given.values())
    return render(request, "inbox/meta/channel.html", context, status=422 if refused else 200)
