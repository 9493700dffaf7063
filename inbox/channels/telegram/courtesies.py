"""Answering a pressed button: their phone shows that something is under way until somebody does."""

from __future__ import annotations

from crm import work
from crm.work.models import Item
from inbox.channels.telegram.api import TelegramError
from inbox.channels.telegram.connection import api_of
from inbox.models import Channel

ANSWER = "inbox.telegram.answer"


def answer(channel: Channel, query: str) -> None:
    """In a transaction of intake; told twice it is once."""
    work.enqueue(
        kind=ANSWER,
        lane=f"channel:{channel.pk}",
        payload={"channel": channel.pk, "query": query},
        correlation=f"{channel.pk}:{query}"[:100],
        workspace=channel.workspace_id,
    )


def deliver(item: Item) -> work.Receipt:
    channel = Channel.objects.in_use().filter(pk=item.payload["channel"]).first()
    if channel is not None:
        try:
            api_of(channel).call("answerCallbackQuery", callback_query_id=item.payload["query"])
        except TelegramError as error:
            error.permanent = error.permanent or error.meaning is not None  # it has become too old
            raise
    return work.Receipt()


KIND = work.Kind(ANSWER, deliver=deliver, idempotent=True, max_attempts=3, batch=5, parallel=5)
