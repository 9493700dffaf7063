"""The kind of work "inbox.media": one file from its provider to the store.

A file that cannot be had is said to be so where it would stand, and can be asked for again while the provider has it.
"""

from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from crm import work
from crm.work.models import Item, State
from directory import listening
from inbox.channels import kinds
from inbox.fetching import storing
from inbox.intake.messages import MEDIA
from inbox.models import Attachment

MAX_BYTES = 100 * 1024 * 1024  # more than any provider gives


def enqueue(attachment: Attachment) -> None:
    work.enqueue(
        kind=MEDIA,
        lane=f"channel:{attachment.message.channel_id}" if attachment.message else "uploads",
        payload={"attachment": attachment.pk},
        correlation=str(attachment.pk),
        workspace=attachment.workspace_id,
    )


def deliver(item: Item) -> work.Receipt:
    """Fetches, with no transaction open; then stores. What is here already is not fetched again."""
    rows = Attachment.objects.select_related("message__channel")
    attachment = rows.filter(pk=item.payload["attachment"]).first()
    if attachment is None or attachment.message is None or attachment.state == Attachment.State.READY:
        return work.Receipt()
    channel = attachment.message.channel
    fetched = kinds.get(channel.kind).fetch(attachment, channel)
    if len(fetched.content) > MAX_BYTES:
        raise work.DeliveryError(_("The file is too large."), permanent=True, code="too large")
    if not fetched.content:
        raise work.DeliveryError(_("The file is empty."), permanent=True, code="empty")
    attachment.name = storing.clean_name(attachment.name or fetched.name)
    stored = storing.keep(attachment, fetched.content)
    if not _save(attachment):
        default_storage.delete(stored)
    return work.Receipt()


def finished(item: Item) -> None:
    """A failure is shown where the file would be."""
    if item.state == State.SENT:
        return
    waiting = Attachment.objects.filter(pk=item.payload["attachment"], state=Attachment.State.WAITING)
    if waiting.update(state=Attachment.State.FAILED, error=item.error):
        _tell(Attachment.objects.select_related("message").get(pk=item.payload["attachment"]))


@transaction.atomic
def _save(attachment: Attachment) -> bool:
    """False where the message was deleted meanwhile, or another attempt was faster."""
    rows = Attachment.objects.filter(pk=attachment.pk).exclude(state=Attachment.State.READY)
    columns = ("file", "kind", "name", "mime", "width", "height", "size", "sha256", "state", "error")
    if not rows.update(**{column: getattr(attachment, column) for column in columns}):
        return False
    _tell(attachment)
    return True


def _tell(attachment: Attachment) -> None:
    if attachment.message is not None:
        listening.tell_if_there(attachment.message.lead_id, kind="thread")


KIND = work.Kind(
    MEDIA,
    deliver=deliver,
    finished=finished,
    idempotent=True,
    batch=1,
    parallel=3,
    lease=timedelta(seconds=settings.MESSAGE_LEASE_SECONDS),
    max_attempts=6,
    backoff=timedelta(seconds=2),
    max_backoff=timedelta(minutes=2),
)
