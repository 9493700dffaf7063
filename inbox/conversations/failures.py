"""What went wrong with a message of ours, in plain words, and what a person can do about it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from directory import naming
from inbox.channels import kinds
from inbox.channels.remedies import Remedy
from inbox.conversations.told import Said
from inbox.models import Delivery
from inbox.permissions import InboxPermission
from workspaces.models import Membership


@dataclass(frozen=True)
class Failure:
    """`text` says what happened and what to do."""

    text: str
    remedy: Remedy


def of(message: Said, channel_kind: str, reader: Membership) -> Failure | None:
    """Of a message that failed; else None. Who may not reconnect channels is not sent to where it is done."""
    if message.delivery != Delivery.FAILED:
        return None
    kind = kinds.find(channel_kind)
    explained = kind.explain(message.error_code) if kind else None
    if explained is None:
        return Failure(naming.shown_text(message.error, reader) or _("It was not sent."), Remedy.RETRY)
    may_not = explained.remedy == Remedy.RECONNECT and not reader.may(InboxPermission.MANAGE_CHANNELS)
    return Failure(str(explained.text), Remedy.NONE if may_not else explained.remedy)
