"""What a visitor sees of their conversation: the messages of their identity, none of the lead's other channels."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Max, Q
from django.urls import reverse

from crm.ui.jinja import iso
from inbox.models import Attachment, Channel, Delivery, Direction, Identity, Message, MessageKind, ReadMark

PAGE = 30
FILE_SALT = "inbox.webchat.file"
DAY = 24 * 3600  # seconds


@dataclass(frozen=True)
class Page:
    """Oldest first. `seen`: up to which message of theirs, by id, one of us has read."""

    messages: list[dict[str, Any]]
    has_older: bool
    seen: int

    def stored(self) -> dict[str, Any]:
        return {"messages": self.messages, "older": self.has_older, "seen": self.seen}


EMPTY = Page([], False, 0)


def page(channel: Channel, identity: Identity, *, before: int | None = None) -> Page:
    """The newest PAGE messages, or those before one (by its id). Four queries."""
    rows = Message.objects.filter(lead_id=identity.lead_id, identity=identity, channel=channel).exclude(
        Q(kind=MessageKind.SYSTEM) | Q(delivery=Delivery.FAILED)
    )
    if before is not None:
        rows = _before(rows, identity, before)
    found = list(
        rows.newest_first().select_related("author__user").prefetch_related("attachments")[: PAGE + 1]
    )
    return Page(
        messages=[shown(message, channel) for message in reversed(found[:PAGE])],
        has_older=len(found) > PAGE,
        seen=_seen(identity),
    )


def shown(message: Message, channel: Channel) -> dict[str, Any]:
    """One message as the visitor's page draws it."""
    revoked = message.revoked_at is not None
    return {
        "id": message.pk,
        "mine": message.is_inbound,
        "text": "" if revoked else message.text,
        "at": iso(message.sent_at),
        "by": _first_name(message),
        "key": message.data.get("client_id", "") if message.is_inbound else "",
        "state": str(message.delivery),
        "edited": message.edited_at is not None,
        "revoked": revoked,
        "reply": message.reply_to_id,
        "files": [] if revoked else _files(message.attachments.all(), channel),
    }


def file_key(attachment: Attachment) -> str:
    """What opens one file, today and tomorrow, to whoever was shown its address. The same all day, so that a picture
    which is there already is not fetched anew."""
    return signing.Signer(salt=FILE_SALT).sign(f"{attachment.pk}-{int(time.time()) // DAY}")


def opened_by(key: str) -> int | None:
    """The attachment that a key opens; None where it is forged or old."""
    try:
        number, day = signing.Signer(salt=FILE_SALT).unsign(key).split("-")
    except (signing.BadSignature, ValueError):
        return None
    return int(number) if 0 <= int(time.time()) // DAY - int(day) <= 1 else None


def _before(rows: Any, identity: Identity, pk: int) -> Any:
    """Keyset: nothing is counted or skipped, however long the thread."""
    at = Message.objects.filter(identity=identity, pk=pk).values_list("sent_at", "sequence", "id").first()
    if at is None:
        return rows.none()
    sent_at, sequence, number = at
    return rows.filter(
        Q(sent_at__lt=sent_at)
        | Q(sent_at=sent_at, sequence__lt=sequence)
        | Q(sent_at=sent_at, sequence=sequence, id__lt=number)
    )


def _seen(identity: Identity) -> int:
    newest = ReadMark.objects.filter(lead_id=identity.lead_id).aggregate(newest=Max("message_id"))
    return int(newest["newest"] or 0)


def _first_name(message: Message) -> str:
    if message.direction == Direction.IN or message.author is None:
        return ""
    return str(message.author.user).split()[0][:40]


def _files(attachments: Iterable[Attachment], channel: Channel) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "mime": each.mime,
            "size": each.size,
            "width": each.width,
            "height": each.height,
            "state": each.state,
            "url": reverse(
                "webchat:file",
                kwargs={"token": channel.external_id, "key": file_key(each)},
            )
            if each.state == Attachment.State.READY
            else "",
        }
        for each in attachments
    ]
