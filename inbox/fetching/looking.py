"""What a file is, by its content. What its sender or the provider says of it is at most a hint between equals.

Only what a browser shows without running anything in it counts as a picture, a sound or a film. Everything else is a
document: given out as a download, whatever it calls itself.
"""

import io
import re
import warnings
from dataclasses import dataclass
from pathlib import PurePosixPath

from PIL import Image, UnidentifiedImageError

from inbox.channels.inbound import BY_CONTENT

UNKNOWN = "application/octet-stream"
PIXELS = 50_000_000  # of a picture that pages show; a larger one is a document
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}

# How files begin: offset, bytes, type. The first that fits.
_BEGINNINGS: list[tuple[int, bytes, str]] = [
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp3g", "video/3gpp"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
]
_OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
_CONTAINERS = {
    "application/zip": (".docx", ".xlsx", ".pptx"),
    "application/x-ole-storage": (".doc", ".xls", ".ppt"),
}
_PLAIN = (".txt", ".csv")
_NEVER_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# One container holds sound alone or a film: here the sender's word decides.
_ALSO_SOUND = {"video/mp4": "audio/mp4", "video/3gpp": "audio/3gpp", "video/webm": "audio/webm"}


@dataclass(frozen=True)
class Look:
    """mime: by the content. kind: as what it is shown: image, video, audio, document."""

    mime: str
    kind: str
    width: int | None = None
    height: int | None = None


def look(content: bytes, *, name: str = "", claimed: str = "") -> Look:
    """`claimed`: the kind its sender gave it. The name decides only which office document a container is, and whether
    something without a mark of its own is text."""
    picture = _picture(content)
    if picture is not None:
        return picture
    mime = next((m for at, mark, m in _BEGINNINGS if content[at : at + len(mark)] == mark), UNKNOWN)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _CONTAINERS.get(mime, ()):
        mime = _OFFICE[suffix]
    if mime == UNKNOWN and suffix in _PLAIN and not _NEVER_IN_TEXT.search(content):
        mime = "text/plain"
    if claimed in ("audio", "voice"):
        mime = _ALSO_SOUND.get(mime, mime)
    family = mime.partition("/")[0]
    return Look(mime, family if family in ("audio", "video") else "document")


def kind_of(look: Look, claimed: str) -> str:
    """The kind to show it as: the claimed one where the content bears it out, a document where it was a lie."""
    if claimed == BY_CONTENT:
        return look.kind
    wanted = {"voice": "audio", "sticker": "image"}.get(claimed, claimed)
    return claimed if wanted == look.kind else "document"


def _picture(content: bytes) -> Look | None:
    """Decoded, not believed: a picture that cannot be read is none, and one that is a bomb neither."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(PICTURES)) as image:
                if image.width * image.height > PIXELS:
                    return None
                mime, width, height = PICTURES[str(image.format)], image.width, image.height
                image.verify()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None
    return Look(mime, "image", width, height)
