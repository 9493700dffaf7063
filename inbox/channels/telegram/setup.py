"""Asking Telegram while an admin waits: whose is this token, where do its updates go; and send them here.

No transaction is open in any of these. All raise TelegramError, or `Wrong` with words for the field that is wrong.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.channels.endpoints import callback_of
from inbox.channels.overview import moment
from inbox.channels.telegram.api import TOKEN, Api, TelegramError
from inbox.channels.telegram.connection import api_of
from inbox.channels.telegram.facts import Bot, Webhook
from inbox.channels.telegram.parsing import UPDATES
from inbox.channels.wrong import Wrong
from inbox.models import Channel

BY_ITSELF = frozenset(UPDATES) - {"message_reaction"}  # what Telegram sends where nothing was asked for
PORTS = frozenset({443, 80, 88, 8443})
CONNECTIONS = 10  # at once: few enough that what one person writes seldom overtakes itself
RECENT = timedelta(minutes=30)  # an error of Telegram's that is older is over


class Elsewhere(Wrong):
    """The bot sends its updates to somebody else. `host`: to whom."""

    def __init__(self, host: str) -> None:
        words = _("This bot sends what people write to %(host)s. Connecting it here ends that.")
        super().__init__(words % {"host": host})
        self.host = host


def is_telegram() -> bool:
    """Whether it is Telegram itself that is spoken to, and not the simulator (or a Bot API server of one's own)."""
    return settings.TELEGRAM_API_URL == "https://api.telegram.org"


def callback_problem() -> str:
    """Why Telegram could not call us; empty where it could. A simulator asks for nothing."""
    parts = urlsplit(settings.BASE_URL)
    if not is_telegram():
        return ""
    if parts.scheme != "https":
        return _(
            "Telegram only calls addresses with https. Set BASE_URL to the public address of this installation."
        )
    if (parts.port or 443) not in PORTS:
        return _(
            "Telegram only calls the ports 443, 80, 88 and 8443. Set BASE_URL to an address on one of them."
        )
    return ""


def bot_of(token: str) -> Bot:
    """Whose token it is."""
    if not TOKEN.fullmatch(token):
        raise Wrong(
            _("That is no token of a bot. It looks like 123456789:ABCdef… Copy it whole from BotFather.")
        )
    try:
        bot = Bot.of(Api(token).call("getMe"))
    except TelegramError as error:
        if error.disconnects:
            raise Wrong(_("Telegram does not know this token. Copy it again from BotFather.")) from None
        raise Wrong(told(error)) from None
    if not bot.id:
        raise Wrong(_("Telegram gave an answer that means nothing."))
    return bot


def webhook_of(token: str) -> Webhook:
    return Webhook.of(Api(token).call("getWebhookInfo"))


def check_free(token: str, *, ours: str = "") -> None:
    """Raises Elsewhere where somebody else gets the bot's updates: there is one address only."""
    try:
        url = webhook_of(token).url
    except TelegramError as error:
        raise Wrong(told(error)) from None
    if url not in ("", ours):
        raise Elsewhere(urlsplit(url).hostname or url[:60])


def register(channel: Channel, secret: str = "") -> Webhook:
    """Has Telegram send the bot's updates here, with the app's secret or a new one; and sees that it is so."""
    app = channel.app
    assert app is not None
    if problem := callback_problem():
        raise Wrong(problem)
    try:
        api_of(channel).call(
            "setWebhook",
            url=callback_of(app),
            secret_token=secret or app.secrets["secret"],
            allowed_updates=list(UPDATES),
            max_connections=CONNECTIONS,
        )
        webhook = webhook_of(channel.secrets["token"])
    except TelegramError as error:
        raise Wrong(told(error)) from None
    if webhook.url != callback_of(app):
        raise Wrong(_("Telegram did not take the address. Try again."))
    return webhook


def unregister(channel: Channel) -> None:
    """Nothing of this bot comes here any more, unless its updates go elsewhere already. Raises TelegramError."""
    app = channel.app
    if app is not None and webhook_of(channel.secrets.get("token", "")).url == callback_of(app):
        api_of(channel).call("deleteWebhook")


def worry(channel: Channel, webhook: Webhook) -> str:
    """What an admin should see to, by the facts of the webhook; empty where all is well."""
    app = channel.app
    if app is None or webhook.url != callback_of(app):
        return _("Telegram sends what people write somewhere else. Set the webhook up again.")
    if missing := set(UPDATES) - set(webhook.allowed or BY_ITSELF):
        return _("Telegram does not send all that is needed (%(names)s). Set the webhook up again.") % {
            "names": ", ".join(sorted(missing))
        }
    failed = moment(webhook.last_error_at)
    heard = channel.last_event_at  # what arrived after an error ends it
    is_over = failed is None or failed < timezone.now() - RECENT or (heard is not None and heard > failed)
    if webhook.last_error and not is_over:
        return _("Telegram could not deliver here: %(error)s") % {"error": webhook.last_error}
    return ""


def told(error: TelegramError) -> str:
    """What went wrong, with Telegram's own words where it has some: an admin may need them."""
    if not error.details:
        return str(error)
    words = _("Telegram says: “%(details)s”") % {"details": error.details}
    return f"{error} {words}"
