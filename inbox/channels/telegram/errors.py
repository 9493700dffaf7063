"""What Telegram's refusals mean: to people, and to the machine.

An answer has a number, that of HTTP, and words in English, whose beginnings have stood for years; there is no list of
them in the documentation. Sources: core.telegram.org/bots/api, TelegramBotAPI/errors, tdlib/telegram-bot-api.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.channels.remedies import Explained, Remedy


@dataclass(frozen=True, slots=True)
class Meaning:
    """code: stable, kept with the message.

    unreachable: they blocked us or are gone. disconnects: the token is no longer good, or the account was taken away.
    """

    code: str
    text: str | Promise
    remedy: Remedy = Remedy.NONE
    unreachable: bool = False
    disconnects: bool = False

    @property
    def explained(self) -> Explained:
        return Explained(self.text, self.remedy)


BLOCKED = Meaning(
    "blocked", _("They blocked the bot. They have to unblock it, or write to it."), unreachable=True
)
GONE = Meaning("gone", _("This Telegram account no longer exists."), unreachable=True)
NOT_STARTED = Meaning(
    "not_started",
    _("Telegram lets no bot write first. They have to open the bot and press Start."),
    unreachable=True,
)
FORBIDDEN = Meaning("forbidden", _("Telegram does not let us write to this person."), Remedy.RETRY)
NO_CHAT = Meaning(
    "no_chat", _("Telegram no longer knows this chat. They have to write again."), unreachable=True
)
MOVED = Meaning(
    "moved", _("This chat became another one at Telegram. They have to write again."), unreachable=True
)
TOKEN = Meaning(
    "token",
    _("Telegram no longer accepts the bot's token. Reconnect the channel."),
    Remedy.RECONNECT,
    disconnects=True,
)
WINDOW = Meaning(
    "window", _("From this account Telegram lets nobody write after 24 h. They have to write first.")
)
PEER = Meaning(
    "peer", _("The account does not let the bot into this chat. Its owner chooses the chats in Telegram.")
)
NO_RIGHT = Meaning(
    "no_right",
    _("The account does not let the bot reply. Its owner gives the right in Telegram Business, Chatbots."),
    Remedy.RETRY,
    disconnects=True,
)
CUT_OFF = Meaning(
    "cut_off",
    _("The owner took the bot away from their account. They connect it in Telegram Business, Chatbots."),
    Remedy.RECONNECT,
    disconnects=True,
)
TOO_LARGE = Meaning("too_large", _("The file is too large for Telegram's bots."))
FILE = Meaning("file", _("Telegram did not take the file. Check its kind and size."), Remedy.RETRY)
TOO_LONG = Meaning("too_long", _("The text is too long for Telegram."))
PARAMETER = Meaning(
    "parameter", _("Telegram did not understand the message. If it happens again, report it.")
)
FILE_20_MB = Meaning("over_20_mb", _("Telegram gives bots files of at most 20 MB. See this one in Telegram."))

_MEANINGS = (
    BLOCKED, GONE, NOT_STARTED, FORBIDDEN, NO_CHAT, MOVED, TOKEN, WINDOW, PEER, NO_RIGHT, CUT_OFF, TOO_LARGE, FILE,
    TOO_LONG, PARAMETER, FILE_20_MB,
)  # fmt: skip
_BY_CODE = {meaning.code: meaning for meaning in _MEANINGS}

# (number, part of the words in lower case, meaning): the first that fits
_WORDS: tuple[tuple[int, str, Meaning], ...] = (
    (403, "blocked by the user", BLOCKED),
    (403, "user is deactivated", GONE),
    (403, "initiate conversation", NOT_STARTED),
    (403, "business_connection", CUT_OFF),
    (400, "chat not found", NO_CHAT),
    (400, "user not found", NO_CHAT),
    (400, "peer_id_invalid", NO_CHAT),
    (400, "business_peer_usage_missing", WINDOW),
    (400, "business_peer_invalid", PEER),
    (400, "business_connection_invalid", CUT_OFF),
    (400, "business connection not found", CUT_OFF),
    (400, "business_connection_not_allowed", NO_RIGHT),
    (400, "not enough rights", NO_RIGHT),
    (400, "file is too big", TOO_LARGE),
    (400, "too long", TOO_LONG),
    (400, "file", FILE),
    (400, "photo", FILE),
    (400, "video", FILE),
    (400, "wrong type of the web page content", FILE),
    (400, "image_process_failed", FILE),
)


def meaning(number: int, words: str, *, migrates: bool = False) -> Meaning:
    """Of a refusal that is no matter of time."""
    if number in (401, 404):
        return TOKEN  # 404 is what an address with a token that never was one answers
    if migrates:
        return MOVED
    lower = words.lower()
    for wanted, part, found in _WORDS:
        if wanted == number and part in lower:
            return found
    if number == 413:
        return TOO_LARGE
    return FORBIDDEN if number == 403 else PARAMETER


def explain(code: str) -> Explained | None:
    found = _BY_CODE.get(code)
    return found.explained if found else None
