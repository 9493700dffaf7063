"""Files of strangers: what they are is read from their content, as of all files (see `inbox.fetching.looking`)."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from inbox.channels.webchat.channel import FILE_BYTES
from inbox.fetching import looking, storing
from inbox.models import Attachment

INLINE = ("image/", "video/", "audio/")  # what a page may show in place; all else is saved


class UnfitError(Exception):
    """`reason`: "empty" or "large"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def take(upload: UploadedFile[Any], workspace_id: int) -> Attachment:
    """The file in the store and its row, not saved yet. Raises UnfitError."""
    if not upload.size:
        raise UnfitError("empty")
    if upload.size > FILE_BYTES:
        raise UnfitError("large")
    content, name = upload.read(), storing.clean_name(upload.name or "") or "file"
    kind = looking.look(content, name=name).kind
    attachment = Attachment(workspace_id=workspace_id, kind=kind, name=name)
    storing.keep(attachment, content)
    return attachment
