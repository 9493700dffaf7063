"""Files: uploaded in the composer, or fetched once more."""

from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from crm import work
from crm.work.models import Item
from inbox.fetching import looking, storing, working
from inbox.intake.messages import MEDIA
from inbox.models import Attachment
from workspaces.errors import Refused
from workspaces.models import Membership


def upload(file: UploadedFile[Any], *, by: Membership, voice: bool = False) -> Attachment:
    """A file of the person's own, kept until it is sent (`messages.send`) or swept a day later. What it is, its content
    says. Raises Refused.
    """
    if not file.size:
        raise Refused(_("The file is empty."))
    if file.size > working.MAX_BYTES:
        raise Refused(_("The file is too large."))
    content, name = file.read(), storing.clean_name(file.name or "")
    claimed = "voice" if voice else looking.look(content, name=name).kind
    attachment = Attachment(workspace_id=by.workspace_id, kind=claimed, name=name, uploaded_by_id=by.pk)
    stored = storing.keep(attachment, content)
    try:
        attachment.save(force_insert=True)
    except Exception:
        default_storage.delete(stored)
        raise
    return attachment


@transaction.atomic
def fetch_again(attachment: Attachment, *, by: Membership) -> None:
    """A file that could not be fetched is asked for once more. Nothing happens where it is here, or on its way."""
    failed = Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.FAILED)
    if not failed.update(state=Attachment.State.WAITING, error=""):
        return
    item = Item.objects.filter(kind=MEDIA, correlation=str(attachment.pk)).first()
    if item is None:
        working.enqueue(attachment)
    else:
        work.retry(item)


def discard(attachment: Attachment, *, by: Membership) -> None:
    """Taken out of the composer again."""
    mine = Attachment.objects.filter(pk=attachment.pk, message=None, uploaded_by_id=by.pk)
    if mine.delete()[0]:
        default_storage.delete(str(attachment.file.name))
