"""Messenger as a kind of channel."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from inbox.channels.kinds import FileLimit
from inbox.channels.meta import limits
from inbox.channels.meta.channel import Conversing
from inbox.channels.meta.connection import MESSENGER

TEXT = 2000
FILES = {
    "image": FileLimit(("image/jpeg", "image/png", "image/gif", "image/webp"), limits.IMAGE_BYTES),
    "video": FileLimit(limits.VIDEOS, limits.FILE_BYTES),
    "audio": FileLimit(
        ("audio/aac", "audio/mp4", "audio/mpeg", "audio/wav", "audio/x-wav"), limits.FILE_BYTES
    ),
    "document": FileLimit((), limits.FILE_BYTES),
}


class Messenger(Conversing):
    key = MESSENGER
    label: str | Promise = gettext_lazy("Messenger")
    description: str | Promise = gettext_lazy("What people write to your Facebook page.")
    icon = "messages-circle"
    capabilities = limits.capabilities(FILES, text=TEXT)
    profile_fields = "first_name,last_name,profile_pic"


KIND = Messenger()
