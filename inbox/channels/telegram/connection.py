"""From a channel's row to the bot that speaks for it. An account's channel has no token: its bot's has."""

from __future__ import annotations

from inbox.channels.telegram.api import Api
from inbox.models import Channel, ProviderApp

BOT, ACCOUNT = "telegram", "telegram_account"  # the kinds
PROVIDER = "telegram"


def bot_of(channel: Channel) -> Channel | None:
    """The channel of the bot that an account let in; of a bot, itself."""
    if channel.kind == BOT:
        return channel
    return Channel.objects.in_use().filter(kind=BOT, app_id=channel.app_id).first()


def bot_of_app(app: ProviderApp) -> Channel | None:
    """In the scope of the app's workspace."""
    return Channel.objects.in_use().filter(kind=BOT, app=app).select_related("app").first()


def api_of(channel: Channel) -> Api:
    bot = bot_of(channel)
    return Api(bot.secrets.get("token", "") if bot else "")


def connection_of(channel: Channel) -> str | None:
    """What calls name an account by; none for the bot itself."""
    return channel.external_id if channel.kind == ACCOUNT else None
