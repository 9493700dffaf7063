"""Files in the store. Their names are ours and random: no name of a stranger becomes a path."""

import hashlib
import secrets
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from inbox.channels.reading import text
from inbox.fetching import looking
from inbox.models import Attachment

_TURNING = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # marks that turn text around


def keep(attachment: Attachment, content: bytes) -> str:
    """Stores the content and fills the row in, which the caller saves. Returns the name, for who has to undo it."""
    look = looking.look(content, name=attachment.name, claimed=attachment.kind)
    stored = default_storage.save(
        f"{attachment.workspace_id}/inbox/{secrets.token_hex(16)}", ContentFile(content)
    )
    attachment.file.name = stored
    attachment.kind = looking.kind_of(look, attachment.kind)
    attachment.mime, attachment.width, attachment.height = look.mime, look.width, look.height
    attachment.size, attachment.sha256 = len(content), hashlib.sha256(content).hexdigest()
    attachment.state, attachment.error = Attachment.State.READY, ""
    return stored


def clean_name(given: str) -> str:
    """The last part of what a stranger calls a file, without what breaks a header or turns text around."""
    last = PurePosixPath(given.replace("\\", "/")).name
    return "".join(c for c in text(last, 160) if c.isprintable() and c not in _TURNING and c != '"').strip()
