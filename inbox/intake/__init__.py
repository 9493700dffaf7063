"""Intake: from parts to leads, conversations and messages. Idempotent: what was taken in once changes nothing.

    working     rows of durable work, made by the journal, to parts
    arrival     what one of them works with, and its locks
    people      the identity, the lead, the conversation
    messages    messages and echoes; changes: reactions, edits, revocations; statuses; notices
    waiting     what came before the message it is about

A channel that needs no journal, since its messages come through our own pages, calls `receive`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inbox.channels.inbound import Part
    from inbox.models import Channel, Message


def receive(channel: "Channel", parts: "Sequence[Part]", *, arrived_at: datetime) -> "dict[str, Message]":
    """Takes parts in at once, all or none; in the channel's scope. The messages that they are, by external id."""
    from inbox.intake import taking

    return taking.take(channel, list(enumerate(parts)), arrived_at=arrived_at)


__all__ = ["receive"]
