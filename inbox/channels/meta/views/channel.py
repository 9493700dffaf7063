"""The page of one page or account: how it is, where its webhooks go, and what an admin does with it."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from crm.work import DeliveryError
from inbox.channels.meta import asking, checking, overview, subscribing
from inbox.channels.meta.actions import connecting
from inbox.channels.meta.connection import INSTAGRAM, MESSENGER, has_own_login
from inbox.channels.meta.facts import Facts
from inbox.channels.meta.forms import ExtensionForm, TokenForm
from inbox.channels.meta.graph import GraphError
from inbox.channels.meta.setup import told
from inbox.channels.pages import ChannelPage, acts, shows
from inbox.channels.wrong import Wrong
from inbox.models import Channel
from workspaces.requests import WorkspaceRequest

_KINDS = (MESSENGER, INSTAGRAM)
_page = ChannelPage("inbox/meta", {"state": overview.state}, lambda channel: {"token_form": TokenForm()})

page = shows(*_KINDS)(_page.whole)
state = shows(*_KINDS)(_page.state)
name = acts(*_KINDS)(_page.rename)


@acts(*_KINDS)
def check(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Asks Meta now."""
    try:
        checking.refresh(channel)
    except DeliveryError as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("Meta answered: the channel is as shown."))
    return _page.state(request, channel)


@acts(*_KINDS)
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
    return _page.state(request, channel)


@acts(*_KINDS)
def extension(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Whether people may answer for seven days, as Human Agent."""
    form = ExtensionForm(request.POST)
    if form.is_valid():
        connecting.extend(channel, by=request.membership, extended=form.cleaned_data["extended"])
        messages.success(request, _("Saved."))
    return _page.state(request, channel)


@acts(*_KINDS)
def token(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """A new token; it takes the old one's place only where Meta shows the same page or account for it."""

    def change(given: str) -> None:
        facts = _facts_of(channel, given)
        connecting.change_token(channel, by=request.membership, token=facts.page.token, facts=facts)

    return _page.prove(request, channel, TokenForm(request.POST), change, _("Meta accepts it. It is in use."))


@acts(*_KINDS)
def removal(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    return _page.remove(request, channel, _leave)


def _leave(channel: Channel) -> str:
    try:
        subscribing.unsubscribe(channel, shared=connecting.is_sent_by(channel))
    except GraphError as error:
        words = _("Meta still sends its webhooks here, where they are ignored: %(problem)s")
        return words % {"problem": error}
    return ""


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
