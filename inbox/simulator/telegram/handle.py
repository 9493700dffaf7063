"""The simulated Telegram, as tests and `python -m inbox.simulator` hold it."""

from typing import Any

from inbox.simulator import handle
from inbox.simulator.telegram import defaults
from inbox.simulator.telegram.phone import Phone
from inbox.simulator.telegram.provider import Provider
from inbox.simulator.telegram.world import Bot, Connection, World
from inbox.simulator.web import Payload

KINDS = (
    "message", "edited_message", "callback_query", "my_chat_member", "message_reaction", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages",
)  # fmt: skip


class Handle(handle.Handle[Phone]):
    provider: Provider

    @property
    def world(self) -> World:
        return self.provider.world

    @property
    def api_url(self) -> str:
        """For TELEGRAM_API_URL."""
        return self.address

    @property
    def bot(self) -> Bot:
        """The first one."""
        return next(iter(self.world.bots.values()))

    def assume(self, url: str, secret: str = defaults.SECRET, *, allowed: tuple[str, ...] = KINDS) -> None:
        """As if the bot had called setWebhook."""
        with self.world.lock:
            self.bot.url, self.bot.secret, self.bot.allowed = url, secret, list(allowed)
        self.provider.changed("link", app=self.provider.key, link=self.provider.link())

    def add_bot(self, bot_id: int, *, name: str = "Otro", username: str = "otro_bot") -> Bot:
        bot = Bot(str(bot_id), f"{bot_id}:AAotroBotDelSimuladorSinValorAlguno00", name, username)
        self.world.bots[bot.id] = bot
        return bot

    def account(self, connection_id: str = defaults.CONNECTION_ID, **more: Any) -> Connection:
        """An account lets the bot in, with its update unless `quietly`."""
        given: Payload = {
            "owner": defaults.OWNER_ID,
            "name": defaults.OWNER_NAME,
            "username": defaults.OWNER_USERNAME,
            "bot_id": self.bot.id,
            **more,
        }
        return self.provider.connect_account(connection_id, **given)

    def expire_token(self, *, valid: bool = False) -> None:
        self.bot.token_valid = valid

    def send(self, body: Payload) -> None:
        """Any update, to the bot's webhook; see `updates`."""
        self.provider.send(self.bot, body)
