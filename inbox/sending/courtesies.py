"""Read marks and "writing…": told to the provider where it has such a thing. Nobody waits for them, a failure is
nobody's concern, and what comes too late is not sent at all.
"""

from datetime import timedelta

from django.utils import timezone

from crm import work
from crm.work.models import Item
from inbox.channels import kinds
from inbox.models import Channel, Message

COURTESY = "inbox.courtesy"
TYPING_IS_OLD = timedelta(seconds=10)


def seen(message: Message) -> None:
    """We have read this message of theirs, and what was before it. In the caller's transaction; once a message."""
    if message.is_inbound and message.external_id and _can(message.channel).read_marks:
        _enqueue(message, correlation=f"seen:{message.pk}")


def typing(message: Message) -> None:
    """Somebody is writing an answer to this message of theirs. The caller asks at most every few seconds."""
    if message.is_inbound and message.external_id and _can(message.channel).typing:
        _enqueue(message, typing=True)


def deliver(item: Item) -> work.Receipt:
    is_typing = bool(item.payload.get("typing"))
    if is_typing and timezone.now() - item.created_at > TYPING_IS_OLD:
        return work.Receipt()
    rows = Message.objects.select_related("channel", "session", "identity")
    message = rows.filter(pk=item.payload["message"]).first()
    if message is not None and message.channel.is_usable:
        try:
            kinds.get(message.channel.kind).mark_read(message, typing=is_typing)
        except work.DeliveryError as error:
            error.permanent = error.permanent or is_typing
            error.unknown = False  # twice does no harm
            raise
    return work.Receipt()


def _can(channel: Channel) -> kinds.Capabilities:
    return kinds.get(channel.kind).capabilities


def _enqueue(message: Message, *, typing: bool = False, correlation: str | None = None) -> None:
    work.enqueue(
        kind=COURTESY,
        lane=f"channel:{message.channel_id}",
        payload={"message": message.pk, "typing": typing},
        correlation=correlation,
        workspace=message.workspace_id,
    )


KIND = work.Kind(COURTESY, deliver=deliver, idempotent=True, batch=3, parallel=2, max_attempts=3)
