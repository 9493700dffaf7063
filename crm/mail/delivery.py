"""Mail as a kind of work."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from crm import work
from crm.mail import transports
from crm.mail.models import Message
from crm.mail.transports.files import FileTransport
from crm.work.models import Item, State

KIND = "mail"


def kind() -> work.Kind:
    """A day of attempts: that is how long mail servers are away or greylist."""
    return work.Kind(
        name=KIND,
        deliver=deliver,
        idempotent=lambda _item: transports.current().idempotent,
        max_attempts=30,
        lease=timedelta(seconds=settings.MAIL_LEASE_SECONDS),
        backoff=timedelta(seconds=settings.MAIL_BACKOFF_SECONDS),
        batch=1,  # a worker that dies leaves one message unknown, not those behind it too
        parallel=10,
        finished=finished,
    )


def post(message: Message, *, key: str = "") -> Item:
    """Saves the message and enqueues its delivery, in the caller's transaction.

    The lane is the workspace's, or the installation's own (log-in codes, invitations to nowhere yet): a workspace that
    writes ten thousand mails delays nobody else's. key: mails of one key arrive in order.
    """
    with transaction.atomic():
        message.save()
        return work.enqueue(
            kind=KIND,
            lane=lane_of(message.workspace_id),
            key=key,
            payload={"message": message.pk},
            correlation=message.uid.hex,
            workspace=message.workspace_id,
        )


def lane_of(workspace: Any) -> str:
    workspace_id = getattr(workspace, "pk", workspace)
    return "installation" if workspace_id is None else f"workspace:{workspace_id}"


def deliver(item: Item) -> work.Receipt:
    message = Message.objects.filter(pk=item.payload["message"]).first()
    if message is None:
        raise work.DeliveryError("Its message has been purged.", permanent=True, code="purged")
    return transports.current().deliver(message)


def finished(item: Item) -> None:
    if item.state == State.SENT:
        Message.objects.filter(pk=item.payload["message"], sent_at=None).update(sent_at=Now())


def purge() -> int:
    """Deletes messages, sent or not, and their files, after MAIL_KEEP_DAYS; returns how many messages."""
    transport = transports.current()
    if isinstance(transport, FileTransport):
        transport.purge(settings.MAIL_KEEP_DAYS)
    deleted = 0
    outdated = Message.objects.outdated(settings.MAIL_KEEP_DAYS)
    while count := Message.objects.filter(pk__in=list(outdated.values_list("pk", flat=True)[:1000])).delete()[
        0
    ]:
        deleted += count
    return deleted


def forget_workspace(workspace_id: int) -> int:
    """Deletes the mail of a workspace that is being deleted; what has not left yet, does not leave."""
    return Message.objects.filter(workspace_id=workspace_id).delete()[0]
