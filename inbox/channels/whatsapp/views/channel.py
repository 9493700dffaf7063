"""The page of one number: how it is, where its webhooks go, its templates, and what an admin does with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.work import DeliveryError
from inbox.channels.forms import NameForm
from inbox.channels.meta.actions import apps
from inbox.channels.meta.graph import GraphError
from inbox.channels.pages import FRESH, back_to, disconnect, manages, of_kind, rename
from inbox.channels.whatsapp import checking, overview, setup
from inbox.channels.whatsapp.actions import connecting
from inbox.channels.whatsapp.forms import SecretsForm, TestForm
from inbox.channels.whatsapp.setup import Wrong
from inbox.models import Channel
from workspaces.forms.people import ConfirmationForm
from workspaces.requests import WorkspaceRequest

of_channel = of_kind(connecting.KIND)


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
    return _fragment(request, channel, "state")


@require_POST
@manages
@of_channel
def check(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Asks Meta now."""
    try:
        checking.refresh(channel)
    except DeliveryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Meta answered: the number is as shown."))
    return _fragment(request, channel, "state")


@require_POST
@manages
@of_channel
def webhook(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Has Meta send the webhooks here, again or for the first time."""
    _subscribe(request, channel)
    return _fragment(request, channel, "state")


@require_POST
@manages
@of_channel
def verify_token(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """A new verify token, made known to Meta at once."""
    if not overview.owns_app(channel):
        messages.error(request, _("This app belongs to the installation. Ask its operator."))
    else:
        channel.app = apps.rotate_verify_token(channel, by=request.membership)
        _subscribe(request, channel)
    return _fragment(request, channel, "state")


@require_POST
@manages
@of_channel
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
    return _page(request, channel, test_form=form, sent=sent)


@require_POST
@manages
@of_channel
def templates(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Reads all templates anew."""
    try:
        count = checking.sync(channel)
    except DeliveryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(count)s templates are up to date.") % {"count": count})
    return _fragment(request, channel, "templates")


@require_POST
@manages
@of_channel
def name(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    return rename(request, channel, _page)


@require_POST
@manages
@of_channel
def secrets(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """A new token, a new app secret, or both; each is proved before it takes the old one's place."""
    form = SecretsForm(request.POST, own_app=overview.owns_app(channel))
    if form.is_valid() and _replace_secrets(request, channel, form):
        messages.success(request, _("Meta accepts them. They are in use."))
        return back_to(channel)
    return _page(request, channel, secrets_form=form)


@require_POST
@manages
@of_channel
def removal(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    form = ConfirmationForm(request.POST, name=channel.name)
    if not form.is_valid():
        return _page(request, channel, confirmation=form)
    try:
        setup.unsubscribe(channel, shared=connecting.shares_account(channel))
    except GraphError as error:
        words = _("Meta still sends its webhooks here, where they are ignored: %(problem)s")
        messages.warning(request, words % {"problem": error})
    return disconnect(request, channel)


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


def _fragment(request: WorkspaceRequest, channel: Channel, part: str) -> HttpResponse:
    if not request.htmx:
        return back_to(channel)
    channel.refresh_from_db(fields=FRESH)
    context = overview.state(channel) if part == "state" else overview.templates(channel)
    if part == "templates":  # there may be others to test with
        context["test_form"] = TestForm(channel=channel, region=overview.region_of(channel))
    return render(request, f"inbox/whatsapp/{part}.htmx.html", {"channel": channel, **context})


def _page(request: WorkspaceRequest, channel: Channel, **given: Any) -> HttpResponse:
    fresh = {
        "name_form": NameForm(initial={"name": channel.name}),
        "secrets_form": SecretsForm(own_app=overview.owns_app(channel)),
        "test_form": TestForm(channel=channel, region=overview.region_of(channel)),
        "confirmation": None,
        "sent": "",
    }
    context = {"channel": channel, **overview.state(channel), **overview.templates(channel), **fresh, **given}
    refused = any(getattr(form, "errors", None) for form in given.values())
    return render(request, "inbox/whatsapp/channel.html", context, status=422 if refused else 200)
