"""Asking Meta how a number is and which templates there are: as work, and at once where an admin waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from crm.work import Kind, Receipt
from crm.work.models import Item
from inbox.channels import health
from inbox.channels.meta.graph import GraphError
from inbox.channels.whatsapp.actions import numbers, templates
from inbox.channels.whatsapp.connection import client_of
from inbox.models import Channel


def deliver(item: Item) -> Receipt:
    """One check. Asking twice changes nothing."""
    channel = Channel.objects.in_use().select_related("app").filter(pk=item.payload["channel"]).first()
    if channel is None:
        return Receipt("removed")
    (sync if item.payload.get("templates") else refresh)(channel)
    return Receipt()


def refresh(channel: Channel) -> None:
    """The number's facts, as they are now. Raises DeliveryError."""
    with _lost_without_token(channel):
        number = client_of(channel).number()
    numbers.note_number(channel, number)


def sync(channel: Channel) -> int:
    """All templates of the account, as they are now; how many there are. Raises DeliveryError."""
    with _lost_without_token(channel):
        found = list(client_of(channel).templates(channel.account_id))
    return templates.replace(channel, found)


@contextmanager
def _lost_without_token(channel: Channel) -> Iterator[None]:
    try:
        yield
    except GraphError as error:
        if error.disconnects:
            health.lose_token(channel, problem=str(error))
        raise


KIND = Kind(numbers.CHECK, deliver=deliver, idempotent=True, max_attempts=6, batch=2, parallel=1)
