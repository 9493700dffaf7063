"""What Telegram takes from a bot: files by kind, lengths, the window of business accounts, the pace."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from inbox.channels.kinds import Capabilities, FileLimit

MB = 1024 * 1024
TEXT = 4096  # characters after the markup was read
CAPTION = 1024
ALBUM = 10
BUTTONS = 10  # an inline keyboard takes more; nobody reads them
BUTTON_TEXT = 64
CALLBACK_DATA = 64  # bytes
FETCHED = 20 * MB  # of a file that a bot may download
SENT = 50 * MB  # of one that it may upload

PHOTOS = ("image/jpeg", "image/png", "image/webp")
FILES = {
    "image": FileLimit(PHOTOS, 10 * MB),
    "video": FileLimit(("video/mp4",), SENT),
    "audio": FileLimit(("audio/mpeg", "audio/mp4", "audio/ogg"), SENT),
    "document": FileLimit((), SENT),
}
BOT = Capabilities(
    text_limit=TEXT,
    caption_limit=CAPTION,
    files=FILES,
    buttons=BUTTONS,
    list_rows=BUTTONS,
    replies=True,
    typing=True,
    album=ALBUM,
    per_second=30,
)
# The bot may write for an account where somebody wrote to it within a day.
ACCOUNT = replace(BOT, window=timedelta(hours=24), read_marks=True)

# To one person about one message a second, with a little haste allowed.
PACE = 3  # messages
PACE_SECONDS = 3.0


def sent_as(kind: str, mime: str, size: int, width: int | None, height: int | None) -> str:
    """By which method a file goes: what Telegram shows in place where it can, else as a document."""
    wanted = "audio" if kind == "voice" else kind
    limit = FILES.get(wanted)
    if limit is None or mime not in limit.types or size > limit.max_bytes:
        return "document"
    if wanted == "audio":
        return "voice" if kind == "voice" or mime == "audio/ogg" else "audio"
    if wanted == "image":
        return "photo" if _fits(width, height) else "document"
    return wanted


def _fits(width: int | None, height: int | None) -> bool:
    """A photo's sides add up to at most 10,000, and neither is twenty times the other."""
    if not width or not height:
        return True
    return width + height <= 10_000 and max(width, height) <= 20 * min(width, height)
