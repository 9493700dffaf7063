"""The page of one bot, or of an account that let it in: how it is, and what an admin does with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inbox.channels.forms import NameForm
from inbox.channels.pages import FRESH, back_to, manages, of_kind, rename
from inbox.channels.reading import mapping
from inbox.channels.telegram import overview, setup
from inbox.channels.telegram.actions import accounts, bots
from inbox.channels.telegram.api import TelegramError
from inbox.channels.telegram.connection import ACCOUNT, BOT, api_of, bot_of
from inbox.channels.telegram.facts import Bot
from inbox.channels.telegram.forms import TokenForm
from inbox.channels.telegram.notices import connected
from inbox.channels.telegram.setup import Wrong
from inbox.models import Channel
from workspaces.forms.people import ConfirmationForm
from workspaces.requests import WorkspaceRequest

of_either = of_kind(BOT, ACCOUNT)
of_bot = of_kind(BOT)


@require_GET
@manages
@of_either
def page(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    return _page(request, channel)


@require_GET
@manages
@of_either
def state(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """What a signal, or the wait for the first message, fetches anew."""
    return _fragment(request, channel)


@require_POST
@manages
@of_either
def check(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """The test: is the token good, and does what people write come here. Of an account: may the bot still reply."""
    try:
        problem = _check_bot(channel) if channel.kind == BOT else _check_account(channel)
    except TelegramError as error:
        if error.disconnects:
            bots.lose(channel, error)
        messages.error(request, setup.told(error))
    else:
        if problem:
            messages.warning(request, problem)
        else:
            messages.success(request, _("Telegram answered: all is well."))
    return _fragment(request, channel)


@require_POST
@manages
@of_bot
def webhook(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Has Telegram send what people write here, again or for the first time."""
    try:
        found = setup.register(channel)
    except Wrong as wrong:
        messages.error(request, str(wrong))
    else:
        bots.note_webhook(channel, found, problem=setup.worry(channel, found))
        messages.success(request, _("Telegram sends what people write to the bot here."))
    return _fragment(request, channel)


@require_POST
@manages
@of_bot
def secret(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """A new secret, made known to Telegram at once; until then both open the endpoint."""
    following = bots.begin_secret(channel, by=request.membership)
    try:
        found = setup.register(channel, following)
    except Wrong as wrong:
        bots.end_secret(channel, by=request.membership, taken=False)
        messages.error(request, str(wrong))
    else:
        bots.end_secret(channel, by=request.membership, taken=True)
        bots.note_webhook(channel, found, problem=setup.worry(channel, found))
        messages.success(request, _("Telegram proves itself with a new secret from now on."))
    return _fragment(request, channel)


@require_POST
@manages
@of_bot
def token(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """A new token of the same bot. BotFather ends the old one, and with it nothing else."""
    form = TokenForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data["token"]
        try:
            bot = setup.bot_of(given)
            if bot.id != channel.external_id:
                raise Wrong(_("This token is of another bot, @%(name)s.") % {"name": bot.username})
        except Wrong as wrong:
            form.add_error("token", str(wrong))
        else:
            bots.change_token(channel, by=request.membership, token=given, bot=bot)
            messages.success(request, _("Telegram accepts it. It is in use."))
            return back_to(channel)
    return _page(request, channel, token_form=form)


@require_POST
@manages
@of_either
def name(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    return rename(request, channel, _page)


@require_POST
@manages
@of_either
def removal(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    form = ConfirmationForm(request.POST, name=channel.name)
    if not form.is_valid():
        return _page(request, channel, confirmation=form)
    if channel.kind == BOT:
        try:
            setup.unregister(channel)
        except TelegramError as error:
            words = _("Telegram still sends its messages here, where they are refused: %(problem)s")
            messages.warning(request, words % {"problem": error})
    bots.remove(channel, by=request.membership)
    messages.success(request, _("%(name)s is disconnected. Its conversations stay.") % {"name": channel.name})
    return redirect("inbox:channels", workspace_id=request.workspace.public_id)


def _check_bot(channel: Channel) -> str:
    bots.note_bot(channel, Bot.of(api_of(channel).call("getMe")))
    found = setup.webhook_of(channel.secrets.get("token", ""))
    problem = setup.worry(channel, found)
    bots.note_webhook(channel, found, problem=problem)
    return problem


def _check_account(channel: Channel) -> str:
    bot = bot_of(channel)
    if bot is None:
        return _("The bot of this account is disconnected. Connect it again.")
    given = api_of(channel).call("getBusinessConnection", business_connection_id=channel.external_id)
    accounts.note(bot, connected(mapping(given)))
    channel.refresh_from_db(fields=FRESH)
    return channel.problem if not channel.is_usable else ""


def _fragment(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    if not request.htmx:
        return back_to(channel)
    channel.refresh_from_db(fields=FRESH)
    context = {"channel": channel, **overview.state(channel)}
    return render(request, "inbox/telegram/state.htmx.html", context)


def _page(request: WorkspaceRequest, channel: Channel, **given: Any) -> HttpResponse:
    fresh = {
        "name_form": NameForm(initial={"name": channel.name}),
        "token_form": TokenForm(),
        "confirmation": None,
    }
    context = {"channel": channel, **overview.state(channel), **fresh, **given}
    refused = any(getattr(form, "errors", None) for form in given.values())
    return render(request, "inbox/telegram/channel.html", context, status=422 if refused else 200)
