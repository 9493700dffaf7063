"""Bodies of the Send API, and what must hold of them before anything leaves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from crm.work import DeliveryError
from inbox.channels.meta.events import CORRELATION

QUICK_REPLIES = 13
TITLE = 20
PAYLOAD = 1000


class Unsendable(DeliveryError):
    """Ours to say: it never left."""

    def __init__(self, words: str) -> None:
        super().__init__(words, permanent=True, code="unsendable")


def message(person: str, content: dict[str, Any], *, late: bool, correlation: str) -> dict[str, Any]:
    """content: of `text`, `choices` or `file`. late: after 24 hours, as the answer of a person. correlation: what comes
    back with the echo; empty where the API has no such thing."""
    kind = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"} if late else {"messaging_type": "RESPONSE"}
    named = {"metadata": correlation} if len(correlation) == CORRELATION else {}
    return {"recipient": {"id": person}, **kind, "message": {**content, **named}}


def text(body: str, *, characters: int, in_bytes: int) -> dict[str, Any]:
    if len(body) > characters or (in_bytes and len(body.encode()) > in_bytes):
        raise Unsendable(
            _("The text is too long for this channel: emoji and accents count for more. Split it.")
        )
    return {"text": body}


def choices(body: str, rows: list[dict[str, Any]], **limits: int) -> dict[str, Any]:
    """Quick replies; what is said about a row stands in the text."""
    about = [f"• {row['title']}: {row['description']}" for row in rows if row.get("description")]
    replies = [
        {"content_type": "text", "title": str(row["title"])[:TITLE], "payload": str(row["id"])[:PAYLOAD]}
        for row in rows[:QUICK_REPLIES]
    ]
    return {**text("\n".join([body, *([""] if about else []), *about]), **limits), "quick_replies": replies}


def file(kind: str, url: str) -> dict[str, Any]:
    """kind: image, audio, video or file. Meta fetches it at once."""
    return {"attachment": {"type": kind, "payload": {"url": url, "is_reusable": False}}}
