"""Telegram as kinds of channels: a bot, and an account that let it in. What the composer may offer differs."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm.work import DeliveryError, Receipt
from inbox.actions import reachability
from inbox.channels.inbound import ChannelUpdate, Part, Unhandled
from inbox.channels.kinds import Capabilities, Fetched
from inbox.channels.reading import mapping, number, text
from inbox.channels.remedies import Explained
from inbox.channels.telegram import courtesies, errors, limits, sending
from inbox.channels.telegram.actions import accounts, bots
from inbox.channels.telegram.api import TelegramError, refused
from inbox.channels.telegram.connection import ACCOUNT, BOT, api_of
from inbox.channels.telegram.notices import CONNECTION
from inbox.channels.telegram.updates import CALLBACK
from inbox.models import Attachment, Channel, Message


class Telegram:
    key = BOT
    label: str | Promise = gettext_lazy("Telegram")
    description: str | Promise = gettext_lazy(
        "A bot of yours. People find it by its name or by a link, and write to it."
    )
    icon = "send"
    capabilities: Capabilities = limits.BOT

    def send(self, message: Message, *, attempt: int = 1) -> Receipt:
        """Raises DeliveryError. A bad token disconnects the channel; who blocked the bot cannot be reached."""
        try:
            receipt = sending.send(message, attempt=attempt)
        except TelegramError as error:
            self._draw_conclusions(message, error)
            # The bubble says by its code what it means; what is kept beside it is what Telegram said.
            error.args = (error.details or str(error),)
            raise
        if not message.identity.is_reachable:
            reachability.learn(message.identity, reachable=True)
        return receipt

    def fetch(self, attachment: Attachment, channel: Channel) -> Fetched:
        """Asked for at once: Telegram keeps the path for an hour. Raises DeliveryError."""
        api = api_of(channel)
        try:
            given = mapping(api.call("getFile", file_id=attachment.provider_id))
            if (number(given.get("file_size")) or 0) > limits.FETCHED:
                raise refused(errors.FILE_20_MB, 0)
            content = api.download(text(given.get("file_path"), 300), most=limits.FETCHED)
        except TelegramError as error:
            if error.meaning is errors.TOO_LARGE:
                raise refused(errors.FILE_20_MB, error.status) from None
            if error.disconnects:
                bots.lose(channel, error)
            raise
        return Fetched(content, attachment.mime, attachment.name)

    def mark_read(self, message: Message, *, typing: bool = False) -> None:
        """Raises DeliveryError."""
        if typing:
            sending.typing(api_of(message.channel), message)
        elif message.channel.kind == ACCOUNT and sending.may_read(message.channel):
            sending.read(api_of(message.channel), message)

    def notice(self, channel: Channel, part: Part) -> None:
        if isinstance(part, ChannelUpdate) and part.what == CALLBACK:
            courtesies.answer(channel, part.event)
        elif isinstance(part, ChannelUpdate) and part.what == CONNECTION and channel.kind == BOT:
            accounts.note(channel, part.data)
        elif isinstance(part, Unhandled):
            bots.count(channel, part.name)

    def address(self, phone: str) -> str | None:
        return None  # no bot writes first

    def disconnects(self, error: DeliveryError) -> bool:
        return isinstance(error, TelegramError) and error.disconnects

    def explain(self, code: str) -> Explained | None:
        return errors.explain(code)

    def settings_url_name(self) -> str:
        return "inbox:telegram"

    def connect_url_name(self) -> str:
        return "inbox:telegram_connect"

    def _draw_conclusions(self, message: Message, error: TelegramError) -> None:
        """What one failure says about the person, or about the channel as a whole."""
        if error.disconnects:
            bots.lose(message.channel, error)
        elif error.meaning is not None and error.meaning.unreachable:
            reachability.learn(message.identity, reachable=False)


class TelegramAccount(Telegram):
    """An account that its owner uses as before. What they write themselves is ours, with nobody's name on it."""

    key = ACCOUNT
    label: str | Promise = gettext_lazy("Telegram Business")
    description: str | Promise = gettext_lazy(
        "An account you have already: its chats come here through your bot, and go on there."
    )
    icon = "briefcase"
    capabilities = limits.ACCOUNT

    def connect_url_name(self) -> str:
        return "inbox:telegram_account_connect"


KIND = Telegram()
ACCOUNT_KIND = TelegramAccount()
