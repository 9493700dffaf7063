"""What refusals of the Messenger Platform mean, by code and subcode.

Source: developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes, as of March 2026.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from inbox.channels.meta.errors import Course, Meaning
from inbox.channels.remedies import Explained, Remedy

WINDOW = Meaning(_("The time to answer is over at Meta. They have to write first."), by_subcode=True)
TAG = Meaning(
    _(
        "Meta does not let this app answer after 24 h: it has not granted Human Agent. It is switched off now."
    ),
    by_subcode=True,
)
HELD = Meaning(
    _("Another app is answering this person. You can write when it gives the chat back."),
    remedy=Remedy.RETRY,
    by_subcode=True,
)
RESTRICTED = Meaning(
    _("Meta has restricted this page for now. See why in Meta Business Suite."), by_subcode=True
)
UNREACHABLE = Meaning(_("This person cannot be reached: they blocked you, or left."), unreachable=True)
BLOCKED = Meaning(UNREACHABLE.text, unreachable=True, by_subcode=True)
FILE = Meaning(
    _("Meta did not take the file. Check its kind and size."), remedy=Remedy.RETRY, by_subcode=True
)
TOKEN = Meaning(
    _("Meta no longer accepts the token. Reconnect the channel."), Course.DISCONNECT, Remedy.RECONNECT
)
PERMISSION = Meaning(
    _("The token lacks a permission that Meta asks for. Reconnect the channel with a token that has it."),
    remedy=Remedy.RECONNECT,
)
_UNKNOWN = Meaning(_("Meta did not take the message. Try again."), remedy=Remedy.RETRY)
_TEMPORARY = Meaning(_("Meta has a problem at the moment. Try again."), Course.RETRY, Remedy.RETRY)
_BUSY = Meaning(
    _("Too many messages at once for Meta. It is sent as soon as there is room."),
    Course.BACK_OFF,
    Remedy.RETRY,
    pause=60,
)
_PARAMETER = Meaning(_("Meta refused a part of the message."))
_ACCOUNT = Meaning(_("Meta has blocked this page for breaking a rule. See why in Meta Business Suite."))

_BY_SUBCODE: dict[tuple[int, int], Meaning] = {
    (10, 2018278): WINDOW,
    (10, 2018065): WINDOW,
    (10, 2534022): WINDOW,  # Instagram's
    (10, 2018300): HELD,
    (10, 1893063): RESTRICTED,
    (100, 1893061): TAG,
    (100, 2018001): BLOCKED,  # no such person for this page
    (200, 1545041): BLOCKED,
    (100, 2018008): FILE,  # could not be fetched
    (100, 2018047): FILE,
    (100, 2018109): FILE,  # too large
}
_BY_CODE: dict[int, Meaning] = {
    190: TOKEN,
    102: TOKEN,
    463: TOKEN,
    1: _TEMPORARY,
    2: _TEMPORARY,
    1200: _TEMPORARY,
    4: _BUSY,
    32: _BUSY,
    613: _BUSY,
    80002: _BUSY,  # Instagram's
    80006: _BUSY,  # Messenger's
    130429: _BUSY,
    3: PERMISSION,
    10: PERMISSION,
    100: _PARAMETER,
    368: _ACCOUNT,
    551: UNREACHABLE,
}


def meaning(code: Any, subcode: Any = None) -> Meaning:
    """Of any; what we do not know is a failure that a person may try again."""
    try:
        number, below = int(code), int(subcode) if subcode is not None else 0
    except (TypeError, ValueError):
        return _UNKNOWN
    if (number, below) in _BY_SUBCODE:
        return _BY_SUBCODE[number, below]
    if 200 <= number <= 299:
        return PERMISSION
    return _BY_CODE.get(number, _UNKNOWN)


def explain(code: str) -> Explained | None:
    """By Meta's numbers ("190", "10/2018278"); what has none is ours, and says it itself."""
    number, _slash, below = code.partition("/")
    if not number.isdecimal():
        return None
    found = meaning(number, below or None)
    return Explained(found.text, found.remedy)
