"""A file of ours to a provider that fetches it by an address, without any account: signed, and good for an hour.

Whoever holds the address holds the file for that long; it is given to nobody but the provider.
"""

import re
import unicodedata
from datetime import timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.core import signing
from django.urls import reverse

from crm.tenancy import scope
from inbox.models import Attachment

SALT = "inbox.fetching.lending"
GOOD_FOR = timedelta(hours=1)
SUFFIXES = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "video/mp4": ".mp4",
    "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/aac": ".aac", "audio/ogg": ".ogg", "application/pdf": ".pdf",
}  # fmt: skip


def address(attachment: Attachment) -> str:
    """Where a provider may fetch it from now on. Its last part is the name that people will see."""
    token = signing.dumps([attachment.workspace_id, attachment.pk], salt=SALT)
    kwargs = {"token": token, "name": plain_name(attachment)}
    return settings.BASE_URL + reverse("hooks:lent", kwargs=kwargs)


def lent(token: str) -> Attachment | None:
    """The file, where the address is ours and still good; the message it is of was written by us."""
    try:
        workspace_id, pk = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    with scope(workspace_id):
        found = Attachment.objects.filter(pk=pk, message__direction="out", state=Attachment.State.READY)
        return found.first()


def plain_name(attachment: Attachment) -> str:
    """Of letters that every provider takes: "Catálogo 2026.pdf" is "Catalogo-2026.pdf"."""
    given = PurePosixPath(attachment.name or attachment.kind)
    ascii_only = unicodedata.normalize("NFKD", given.name).encode("ascii", "ignore").decode()
    stem, dot, suffix = ascii_only.rpartition(".")
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", stem if dot else suffix).strip("-")[:80] or attachment.kind
    suffix = re.sub(r"[^A-Za-z0-9]+", "", suffix)[:8] if dot else ""
    return stem + (f".{suffix}" if suffix else SUFFIXES.get(attachment.mime, ""))
