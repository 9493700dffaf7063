"""What a person has read: a mark for each thread, per person. No event: it is theirs alone."""

from django.db import connection, transaction

from crm import live
from directory.actions import notifications
from directory.models import Lead
from directory.visibility import WRITE_CHANNEL
from inbox.channels import kinds
from inbox.models import Direction, Message, MessageKind, ReadMark
from inbox.models.message import MessageQuerySet
from inbox.sending import courtesies
from workspaces.models import Membership

RECENT = 20  # messages among which the last of each channel is looked for

_MARK = """
INSERT INTO inbox_readmark (workspace_id, membership_id, lead_id, message_id, at)
VALUES (%s, %s, %s, %s, now())
ON CONFLICT (workspace_id, membership_id, lead_id) DO UPDATE
   SET message_id = EXCLUDED.message_id, at = now(), by_hand = false
 WHERE inbox_readmark.message_id < EXCLUDED.message_id
"""


@transaction.atomic
def mark_read(lead: Lead, *, by: Membership, up_to: int) -> bool:
    """Everything up to a message, by arrival. It never moves back; False where nothing moved."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [lead.workspace_id, by.pk, lead.pk, up_to])
        moved = bool(cursor.rowcount > 0)
    if moved:
        _tell(lead, by)
        notifications.see_lead(lead.pk, by=by)
        for message in _newest_of_each_channel(lead, by):
            courtesies.seen(message)
    return moved


@transaction.atomic
def tell_typing(lead: Lead, *, by: Membership) -> None:
    """The customer sees that somebody writes, where they wrote last."""
    for message in _newest_of_each_channel(lead, by)[:1]:
        courtesies.typing(message)


@transaction.atomic
def mark_unread(lead: Lead, *, by: Membership) -> int | None:
    """The last message they wrote is unread again: its id, or None where they wrote none."""
    last = _theirs(lead).order_by("-id").values_list("pk", flat=True).first()
    if last is None:
        return None
    ReadMark.objects.update_or_create(
        lead=lead, membership=by, defaults={"message_id": last - 1, "by_hand": True}
    )
    _tell(lead, by)
    return int(last)


def _newest_of_each_channel(lead: Lead, by: Membership) -> list[Message]:
    """The last of theirs on each channel that the person may answer on and that is told such things, newest first.

    Somebody who only looks says nothing to the customer.
    """
    newest: dict[int, Message] = {}
    for message in _theirs(lead).select_related("channel").newest_first()[:RECENT]:
        newest.setdefault(message.channel_id, message)
    writable = None if not by.is_seller else by.grants.ids(WRITE_CHANNEL)
    known = {kind.key for kind in kinds.all_kinds()}
    return [
        one
        for one in newest.values()
        if one.channel.is_usable
        and one.channel.kind in known
        and (writable is None or one.channel_id in writable)
    ]


def _theirs(lead: Lead) -> MessageQuerySet:
    """What they wrote while they were not blocked. A notice about them (a new number) nobody reads at the provider's,
    and nothing waits for it."""
    theirs = Message.objects.of_lead(lead).filter(direction=Direction.IN, is_blocked=False)
    return theirs.exclude(kind=MessageKind.SYSTEM)


def _tell(lead: Lead, by: Membership) -> None:
    """The person's other windows."""
    live.signal(f"user:{by.user_id}", "reading", id=lead.pk)
