"""Copies of mails that have left, kept for a while: deleted sooner where what they name must be nowhere any more."""

from collections.abc import Callable
from datetime import datetime

from crm.mail.models import Message


def forget(workspace_id: int, *, names: Callable[[str], bool], since: datetime) -> int:
    """Those of a workspace, written since then, whose text `names` what must go. How many. Each is decrypted for it, so
    this is for work that nobody waits for. What has not left yet stays: it is told of by its row of work."""
    sent = Message.objects.filter(workspace_id=workspace_id, sent_at__isnull=False, created_at__gte=since)
    found = [one.pk for one in sent.order_by("pk").iterator(chunk_size=200) if names(_text(one))]
    return Message.objects.filter(pk__in=found).delete()[0]


def _text(message: Message) -> str:
    part = message.parsed.get_body(("plain", "html"))
    return str(part.get_content()) if part is not None else ""
