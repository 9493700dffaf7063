"""What the Messenger Platform takes, in common: the window, its extension, choices. Files differ by channel."""

from __future__ import annotations

from datetime import timedelta

from inbox.channels.kinds import Capabilities, FileLimit
from inbox.channels.meta.payloads import QUICK_REPLIES

MB = 1024 * 1024
WINDOW = timedelta(hours=24)
EXTENSION = timedelta(days=7)  # HUMAN_AGENT, where Meta has granted it
IMAGE_BYTES = 8 * MB
FILE_BYTES = 25 * MB
VIDEOS = ("video/mp4", "video/ogg", "video/avi", "video/quicktime", "video/webm")


def capabilities(files: dict[str, FileLimit], *, text: int, in_bytes: int = 0) -> Capabilities:
    return Capabilities(
        text_limit=text,
        text_bytes=in_bytes,
        caption_limit=0,  # words and a file go one after the other
        window=WINDOW,
        extension=EXTENSION,
        files=files,
        buttons=QUICK_REPLIES,
        list_rows=QUICK_REPLIES,
        read_marks=True,
        typing=True,
        per_second=10,  # files; of texts it is 300
        echoes=True,
    )


def sent_as(files: dict[str, FileLimit], kind: str, mime: str, size: int) -> str:
    """As what a file goes: what the app shows in place where it can, else as a file."""
    wanted = "audio" if kind == "voice" else kind
    limit = files.get(wanted)
    if wanted == "document" or limit is None or mime not in limit.types or size > limit.max_bytes:
        return "file"
    return wanted
