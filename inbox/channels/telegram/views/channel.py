"""The page of one bot, or of an account that let it in: how it is, and what an admin does with it."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from inbox.channels.pages import FRESH, ChannelPage, acts, shows
from inbox.channels.reading import mapping
from inbox.channels.telegram import overview, setup
from inbox.channels.telegram.actions import accounts, bots
from inbox.channels.telegram.api import TelegramError
from inbox.channels.telegram.connection import ACCOUNT, BOT, api_of, bot_of
from inbox.channels.telegram.facts import Bot
from inbox.channels.telegram.forms import TokenForm
from inbox.channels.telegram.notices import connected
from inbox.channels.wrong import Wrong
from inbox.models import Channel
from workspaces.requests import WorkspaceRequest

_page = ChannelPage("inbox/telegram", {"state": overview.state}, lambda channel: {"token_form": TokenForm()})

page = shows(BOT, ACCOUNT)(_page.whole)
state = shows(BOT, ACCOUNT)(_page.state)
name = acts(BOT, ACCOUNT)(_page.rename)


@acts(BOT, ACCOUNT)
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
    return _page.state(request, channel)


@acts(BOT)
def webhook(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """Has Telegram send what people write here, again or for the first time."""
    try:
        found = setup.register(channel)
    except Wrong as wrong:
        messages.error(request, str(wrong))
    else:
        bots.note_webhook(channel, found, problem=setup.worry(channel, found))
        messages.success(request, _("Telegram sends what people write to the bot here."))
    return _page.state(request, channel)


@acts(BOT)
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
    return _page.state(request, channel)


@acts(BOT)
def token(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    """A new token of the same bot. BotFather ends the old one, and with it nothing else."""

    def change(given: str) -> None:
        bot = setup.bot_of(given)
        if bot.id != channel.external_id:
            raise Wrong(_("This token is of another bot, @%(name)s.") % {"name": bot.username})
        bots.change_token(channel, by=request.membership, token=given, bot=bot)

    return _page.prove(
        request, channel, TokenForm(request.POST), change, _("Telegram accepts it. It is in use.")
    )


@acts(BOT, ACCOUNT)
def removal(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    return _page.remove(request, channel, _leave, bots.remove)


def _leave(channel: Channel) -> str:
    try:
        if channel.kind == BOT:
            setup.unregister(channel)
    except TelegramError as error:
        words = _("Telegram still sends its messages here, where they are refused: %(problem)s")
        return words % {"problem": error}
    return ""


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
