"""What WhatsApp takes: files by kind, lengths, and the window."""

from __future__ import annotations

from datetime import timedelta

from inbox.channels.kinds import Capabilities, FileLimit
from inbox.channels.whatsapp import payloads

MB = 1024 * 1024
IMAGES = ("image/jpeg", "image/png")
VIDEOS = ("video/mp4", "video/3gpp")
SOUNDS = ("audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg")
STICKERS = ("image/webp",)
PAPERS = (
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "text/plain",
    "text/csv",  # as browsers call it; by its content it is plain text
)
FILES = {
    "image": FileLimit(IMAGES, 5 * MB),
    "video": FileLimit(VIDEOS, 16 * MB),
    "audio": FileLimit(SOUNDS, 16 * MB),
    "sticker": FileLimit(STICKERS, 500 * 1024),
    "document": FileLimit(
        IMAGES + VIDEOS + SOUNDS + STICKERS + PAPERS, 100 * MB
    ),  # what may be uploaded at all
}
CAPABILITIES = Capabilities(
    text_limit=payloads.TEXT,
    caption_limit=payloads.CAPTION,
    window=timedelta(hours=24),
    files=FILES,
    buttons=payloads.BUTTONS,
    list_rows=payloads.ROWS,
    templates=True,
    replies=True,
    reactions=True,
    read_marks=True,
    typing=True,
)


def sent_as(kind: str, mime: str, size: int) -> str:
    """As what a file goes: what WhatsApp shows inline where it can, else a document."""
    wanted = "audio" if kind == "voice" else kind
    limit = FILES.get(wanted)
    if limit is None or (limit.types and mime not in limit.types) or size > limit.max_bytes:
        return "document"
    return wanted
