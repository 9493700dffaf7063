"""What went wrong with a message of ours, in plain words, and what a person can do about it."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from inbox.models import Delivery, Message


class Remedy(StrEnum):
    NONE = ""
    RETRY = "retry"
    TEMPLATE = "template"
    RECONNECT = "reconnect"


@dataclass(frozen=True)
class Failure:
    """`text` says what happened and what to do."""

    text: str
    remedy: Remedy


def of(message: Message, channel_kind: str) -> Failure | None:
    """Of a message that failed; else None."""
    if message.delivery != Delivery.FAILED:
        return None
    if channel_kind == "whatsapp" and message.error_code.isdecimal():
        from inbox.channels.whatsapp import errors

        meaning = errors.meaning(message.error_code)
        return Failure(str(meaning.text), Remedy(str(meaning.remedy)))
    return Failure(message.error or _("It was not sent."), Remedy.RETRY)
