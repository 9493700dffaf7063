"""What went wrong with a message of ours, in plain words, and what a person can do about it."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from directory import naming
from inbox.conversations.told import Said
from inbox.models import Delivery
from inbox.permissions import InboxPermission
from workspaces.models import Membership


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


def of(message: Said, channel_kind: str, reader: Membership) -> Failure | None:
    """Of a message that failed; else None. Who may not reconnect channels is not sent to where it is done."""
    if message.delivery != Delivery.FAILED:
        return None
    if channel_kind == "whatsapp" and message.error_code.isdecimal():
        from inbox.channels.whatsapp import errors

        meaning = errors.meaning(message.error_code)
        remedy = Remedy(str(meaning.remedy))
        may_not = remedy == Remedy.RECONNECT and not reader.may(InboxPermission.MANAGE_CHANNELS)
        return Failure(str(meaning.text), Remedy.NONE if may_not else remedy)
    return Failure(naming.shown_text(message.error, reader) or _("It was not sent."), Remedy.RETRY)
