"""Files of strangers: what they are is read from their content; what cannot be read is a document nobody's browser
opens by itself."""

from __future__ import annotations

import hashlib
import io
import secrets
import warnings
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, UnidentifiedImageError

from inbox.channels.reading import text
from inbox.channels.webchat.channel import FILE_BYTES
from inbox.models import Attachment, MessageKind

PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
# Beginnings of files, by offset. What they say of themselves is not asked.
BEGINNINGS: list[tuple[int, bytes, str]] = [
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"PK\x03\x04", "application/zip"),
]
OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
UNKNOWN = "application/octet-stream"
INLINE = ("image/", "video/", "audio/")  # what a page may show in place; all else is saved


class UnfitError(Exception):
    """`reason`: "empty", "large" or "name"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Looked:
    """What a file was found to be."""

    mime: str
    kind: MessageKind
    width: int | None = None
    height: int | None = None


def take(upload: UploadedFile[Any], workspace_id: int) -> Attachment:
    """The file in the store and its row, not saved yet. Raises UnfitError."""
    if not upload.size:
        raise UnfitError("empty")
    if upload.size > FILE_BYTES:
        raise UnfitError("large")
    content = upload.read()
    name = _name(upload.name or "")
    looked = look(content, name)
    stored = default_storage.save(f"{workspace_id}/inbox/{secrets.token_hex(16)}", ContentFile(content))
    return Attachment(
        kind=str(looked.kind),
        name=name,
        mime=looked.mime,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        width=looked.width,
        height=looked.height,
        file=stored,
        state=Attachment.State.READY,
    )


def look(content: bytes, name: str) -> Looked:
    """By content; the name decides only which kind of office document a zip file is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(PICTURES)) as image:
                image.verify()
                return Looked(PICTURES[str(image.format)], MessageKind.IMAGE, image.width, image.height)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        mime = next((m for at, mark, m in BEGINNINGS if content[at : at + len(mark)] == mark), "")
    if mime == "application/zip":
        mime = OFFICE.get(PurePosixPath(name).suffix.lower(), mime)
    kinds = {"video": MessageKind.VIDEO, "audio": MessageKind.AUDIO}
    return Looked(mime or UNKNOWN, kinds.get(mime.split("/")[0], MessageKind.DOCUMENT))


def _name(given: str) -> str:
    """The last part of what they call it, without what turns text around or breaks a header."""
    last = PurePosixPath(given.replace("\\", "/")).name
    return (
        "".join(c for c in text(last, 160) if c.isprintable() and c not in '\u202a\u202b\u202d\u202e"')
        or "file"
    )
