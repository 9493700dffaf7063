"""Parts of one sender, in one transaction."""

from datetime import datetime

from django.db import transaction

from inbox import forgetting
from inbox.assignment import arriving
from inbox.channels import kinds
from inbox.channels.inbound import (
    ConsentChange,
    HolderChange,
    IdentityChange,
    InboundMessage,
    MessageEdit,
    MessageRevocation,
    Part,
    ReachabilityChange,
    ReactionChange,
    ReferralNotice,
    StatusUpdate,
    Watermark,
)
from inbox.intake import changes, messages, notices, statuses
from inbox.intake.arrival import Arrival
from inbox.journal import erasing as journal
from inbox.models import Channel, Message


@transaction.atomic
def take(channel: Channel, parts: list[tuple[int, Part]], *, arrived_at: datetime) -> dict[str, Message]:
    """In their order, under all of their locks; each with its place in the order of arrival. Statuses last: whoever
    ends an attempt locks a placement before its messages, too. What was said before its sender was erased is left out.
    Whose the leads are is decided at the very end.
    """
    arrival = Arrival(channel, arrived_at, parts)
    arrival.lock()
    for place, part in sorted(parts, key=lambda one: isinstance(one[1], StatusUpdate)):
        try:
            _take(arrival, place, part)
        except forgetting.Forgotten:
            journal.forget(channel)  # it is still in the journal
    arriving.decide(arrival)
    return arrival.messages


def _take(arrival: Arrival, place: int, part: Part) -> None:
    match part:
        case InboundMessage():
            messages.take(arrival, place, part)
        case ReactionChange() | MessageEdit() | MessageRevocation():
            changes.take(arrival, part)
        case StatusUpdate():
            statuses.take(arrival, part)
        case Watermark():
            statuses.take_watermark(arrival, part)
        case HolderChange():
            notices.holder(arrival, part)
        case ReferralNotice():
            notices.referral(arrival, part)
        case IdentityChange():
            notices.identity(arrival, place, part)
        case ConsentChange():
            notices.consent(arrival, place, part)
        case ReachabilityChange():
            notices.reachability(arrival, part)
        case _:
            kinds.get(arrival.channel.kind).notice(arrival.channel, part)
