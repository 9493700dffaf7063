"""The kind of work "inbox.send": one message of ours to its channel.

The provider is given our own id of the message. What becomes of the row of work becomes of the message in the same
transaction: sent, failed, or not confirmed. What is not confirmed is never sent again by itself, unless the channel
does one id of ours once: a later status settles it, or a person does.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import work
from crm.work.models import Item, State
from directory import listening
from directory.models import Placement
from inbox import notifying
from inbox.channels import kinds
from inbox.intake import locks, waiting
from inbox.intake.statuses import RANK, SEND, UNSETTLED, note_outcome
from inbox.models import Delivery, Message, MessageKind
from inbox.sending import checking

RATE = 80.0  # messages a second from one channel, as WhatsApp allows; a kind of channel may have its own


def enqueue(message: Message) -> None:
    """In the transaction that makes the message, or has it sent again."""
    can = kinds.get(message.channel.kind).capabilities
    work.enqueue(
        kind=SEND,
        lane=f"channel:{message.channel_id}",
        rate=can.per_second or None,
        key=f"lead:{message.lead_id}",
        payload={
            "message": message.pk,
            "once": can.sends_once,
        },
        correlation=message.uid.hex,
        workspace=message.workspace_id,
    )


def deliver(item: Item) -> work.Receipt:
    """Speaks to the provider, unless what was right when it was written no longer is."""
    rows = Message.objects.select_related("channel", "session", "identity", "reply_to")
    message = rows.filter(pk=item.payload["message"], lead__placement__isnull=False).first()
    if message is None:
        raise work.DeliveryError("The message is gone.", permanent=True, code="gone")
    channel = message.channel
    if not channel.is_usable:
        raise work.DeliveryError(
            _("The channel is disconnected. Reconnect it and try again."), permanent=True, code="disconnected"
        )
    by_person = message.author_id is not None
    is_open = kinds.window_is_open(message.session, channel, by_person=by_person)
    if message.kind != MessageKind.TEMPLATE and not is_open:
        raise work.DeliveryError(checking.window_closed(channel), permanent=True, code="window")
    return kinds.get(channel.kind).send(message, attempt=item.attempts)


def finished(item: Item) -> None:
    """Keeps the message in step, in the transaction that ends the attempt.

    Locked, in this order: the row of work (by the caller), the message's id at the provider, by the name that whoever
    says something about it holds, too, the placement, and the message.
    """
    message = Message.objects.filter(pk=item.payload["message"]).first()
    if message is None:
        return
    if item.state == State.SENT and item.reference:
        locks.take([locks.message(message.channel_id, item.reference)])
    placement = Placement.objects.select_for_update(no_key=True).filter(pk=message.lead_id).first()
    if placement is None:
        return  # the lead is being deleted, and the message with it
    message = Message.objects.select_for_update(no_key=True, of=("self",)).get(pk=message.pk)
    was, was_failed = message.delivery, message.has_failed
    if item.state == State.SENT:
        _sent(message, item.reference)
    elif message.delivery in UNSETTLED:  # else they have it, whatever became of the attempt
        _not_sent(message, item)
    note_outcome(placement, message, was_failed=was_failed)
    notifying.tell_outcome(message, placement, was=was)
    listening.tell(placement, kind="thread")


def _sent(message: Message, reference: str) -> None:
    if reference:
        _absorb_echo(message, reference)
        message.external_id = reference
    if message.delivery in UNSETTLED:
        message.delivery, message.delivery_at = Delivery.SENT, timezone.now()
        message.error_code = message.error = ""
    message.save(update_fields=["external_id", "delivery", "delivery_at", "error_code", "error"])
    if reference:
        waiting.settle(message)


def _absorb_echo(message: Message, reference: str) -> None:
    """An echo of it that was faster than the answer: it is the same message, and ours knows more."""
    echo = Message.objects.filter(channel_id=message.channel_id, external_id=reference)
    for other in echo.exclude(pk=message.pk):
        Placement.objects.filter(last_message_id=other.pk).update(last_message_id=message.pk)
        Message.objects.filter(lead_id=message.lead_id, reply_to=other).update(reply_to=message)
        message.delivery = max(message.delivery, other.delivery, key=lambda one: RANK[Delivery(one)])
        other.delete()


def _not_sent(message: Message, item: Item) -> None:
    unknown = item.state == State.UNKNOWN
    message.delivery = Delivery.UNKNOWN if unknown else Delivery.FAILED
    message.delivery_at = timezone.now()
    message.error_code, message.error = item.error_code, item.error
    message.save(update_fields=["delivery", "delivery_at", "error_code", "error"])


KIND = work.Kind(
    SEND,
    deliver=deliver,
    finished=finished,
    idempotent=lambda item: bool(item.payload.get("once")),
    batch=10,
    parallel=20,
    rate=RATE,
    burst=RATE,
    lease=timedelta(seconds=settings.MESSAGE_LEASE_SECONDS),
    max_attempts=8,
    backoff=timedelta(seconds=settings.MESSAGE_BACKOFF_SECONDS),
    max_backoff=timedelta(minutes=5),
)
