"""Webhooks of the Messenger Platform, as its reference has them."""

from typing import Any

from inbox.simulator.web import Payload
from inbox.simulator.whatsapp.payloads import raw, signature
from inbox.simulator.world import now

__all__ = ["body", "element", "milliseconds", "raw", "signature"]

OBJECTS = {"messenger": "page", "instagram": "instagram"}


def milliseconds(at: float | None = None) -> int:
    return round((now() if at is None else at) * 1000)


def element(sender: str, recipient: str, *, at: float | None = None, **what: Any) -> Payload:
    """One thing that happened."""
    return {
        "sender": {"id": sender},
        "recipient": {"id": recipient},
        "timestamp": milliseconds(at),
        **what,
    }


def body(app: str, line_id: str, *elements: Payload, standby: bool = False) -> Payload:
    """A whole request, for "messenger" or "instagram"."""
    where = "standby" if standby else "messaging"
    return {
        "object": OBJECTS[app],
        "entry": [{"id": line_id, "time": milliseconds(), where: list(elements)}],
    }


def message(sender: str, line_id: str, mid: str, *, at: float | None = None, **content: Any) -> Payload:
    return element(sender, line_id, at=at, message={"mid": mid, **content})


def attachment(kind: str, **payload: Any) -> Payload:
    return {"type": kind, "payload": payload}
