"""The page of one number: how it is, where its webhooks go, its templates, and what an admin does with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.work import DeliveryError
from inbox.channels.meta.actions import apps
from inbox.channels.meta.graph import GraphError
from inbox.channels.pages import ChannelPage, acts, back_to, shows
from inbox.channels.whatsapp import checking, overview, setup
from inbox.channels.whatsapp.actions import connecting
from inbox.channels.whatsapp.actions.connecting import KIND
from inbox.channels.whatsapp.forms import SecretsForm, TestForm
from inbox.channels.wrong import Wrong
from inbox.models import Channel
from workspaces.requests import WorkspaceRequest


def _forms(channel: Channel) -> dict[str, Any]:
    return {
        "secrets_form": SecretsForm(own_app=overview.owns_app(channel)),
        "test_form": TestForm(channel=channel, region=overview.region_of(channel)),
        "sent": "",
    }


_page = ChannelPage("inbox/whatsapp", {"state": overview.state, "templates": overview.templates}, _forms)

page = shows(KIND)(_page.whole)
state = shows(KIND)(_page.state)
name = acts(KIND)(_page.rename)


@acts(KIND)
def check(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Asks Meta now."""
    try:
        checking.refresh(channel)
    except DeliveryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Meta answered: the number is as shown."))
    return _page.state(request, channel)


@acts(KIND)
def webhook(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Has Meta send the webhooks here, again or for the first time."""
    _subscribe(request, channel)
    return _page.state(request, channel)


@acts(KIND)
def verify_token(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """A new verify token, made known to Meta at once."""
    if not overview.owns_app(channel):
        messages.error(request, _("This app belongs to the installation. Ask its operator."))
    else:
        channel.app = apps.rotate_verify_token(channel, by=request.membership)
        _subscribe(request, channel)
    return _page.state(request, channel)


@acts(KIND)
def test(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """A template to one's own phone."""
    form = TestForm(request.POST, channel=channel, region=overview.region_of(channel))
    sent = ""
    if form.is_valid():
        try:
            sent = setup.test(channel, form.cleaned_data["template"], form.cleaned_data["phone"])
        except DeliveryError as error:
            form.add_error(None, setup.told(error))
    if request.htmx:
        context = {"channel": channel, "test_form": form, "sent": sent}
        return render(request, "inbox/whatsapp/test.htmx.html", context, status=422 if form.errors else 200)
    return _page.whole(request, channel, test_form=form, sent=sent)


@acts(KIND)
def templates(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Reads all templates anew."""
    try:
        count = checking.sync(channel)
    except DeliveryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(count)s templates are up to date.") % {"count": count})
    # There may be others to test with.
    return _page.part(request, channel, "templates", test_form=_forms(channel)["test_form"])


@acts(KIND)
def secrets(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """A new token, a new app secret, or both; each is proved before it takes the old one's place."""
    form = SecretsForm(request.POST, own_app=overview.owns_app(channel))
    if form.is_valid() and _replace_secrets(request, channel, form):
        messages.success(request, _("Meta accepts them. They are in use."))
        return back_to(channel)
    return _page.whole(request, channel, secrets_form=form)


@acts(KIND)
def removal(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    return _page.remove(request, channel, _leave)


def _leave(channel: Channel) -> str:
    try:
        setup.unsubscribe(channel, shared=connecting.shares_account(channel))
    except GraphError as error:
        words = _("Meta still sends its webhooks here, where they are ignored: %(problem)s")
        return words % {"problem": error}
    return ""


def _replace_secrets(request: WorkspaceRequest, channel: Channel, form: SecretsForm) -> bool:
    app, token = channel.app, form.cleaned_data["token"]
    app_secret = form.cleaned_data.get("app_secret", "")
    assert app is not None
    asking = "app_secret"
    try:
        if app_secret:
            setup.app_name(app.secrets["app_id"], app_secret)
            apps.change_secret(channel, by=request.membership, app_secret=app_secret)
            app.refresh_from_db()
        asking = "token"
        if token:
            setup.check_token(app, token)
            facts = setup.number(app, token, channel.external_id)
            connecting.change_token(channel, by=request.membership, token=token, number=facts)
    except Wrong as wrong:
        form.add_error(asking, str(wrong))
        return False
    return True


def _subscribe(request: WorkspaceRequest, channel: Channel) -> None:
    try:
        warning = setup.subscribe(channel)
    except Wrong as wrong:
        messages.error(request, str(wrong))
        return
    connecting.note_subscribed(channel, by=request.membership)
    if channel.app:
        channel.app.refresh_from_db()  # Meta has called us meanwhile
    if warning:
        messages.warning(request, warning)
    else:
        messages.success(request, _("Meta sends what happens on this number here."))
