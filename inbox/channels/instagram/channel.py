"""Instagram as a kind of channel."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from inbox.channels.kinds import FileLimit
from inbox.channels.meta import limits
from inbox.channels.meta.channel import Conversing
from inbox.channels.meta.connection import INSTAGRAM

BYTES = 1000
FILES = {
    "image": FileLimit(("image/jpeg", "image/png", "image/gif"), limits.IMAGE_BYTES),
    "video": FileLimit(limits.VIDEOS, limits.FILE_BYTES),
    "audio": FileLimit(("audio/aac", "audio/mp4", "audio/wav", "audio/x-wav"), limits.FILE_BYTES),
    "document": FileLimit(("application/pdf",), limits.FILE_BYTES),
}


class Instagram(Conversing):
    key = INSTAGRAM
    label: str | Promise = gettext_lazy("Instagram")
    description: str | Promise = gettext_lazy(
        "Direct messages, answers to stories and mentions of your professional account."
    )
    icon = "camera"
    capabilities = limits.capabilities(FILES, text=BYTES, in_bytes=BYTES)
    profile_fields = "name,username,profile_pic"


KIND = Instagram()
