"""Messages with all that their bubbles show, by one statement: author, channel, files, reactions, what they quote."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject, Left

from inbox.models import Attachment, Direction, Reaction
from inbox.models.message import MessageQuerySet

QUOTED = 140  # characters of a quoted message
_FILE = ("id", "kind", "name", "size", "width", "height", "state", "error")


class Said(NamedTuple):
    """A message as the thread reads it: a row of `told`, whose columns these are.

    `files` and `reactions` are columns of theirs by name, in order. What is quoted is None where it is not here.
    """

    pk: int
    sent_at: datetime
    sequence: int
    client_id: UUID | None
    direction: str
    kind: str
    text: str
    data: dict[str, Any]
    delivery: str
    error_code: str
    error: str
    edited_at: datetime | None
    revoked_at: datetime | None
    is_blocked: bool
    author_id: int | None
    author: str | None
    channel_kind: str
    channel_name: str
    files: list[dict[str, Any]]
    reactions: list[dict[str, Any]]
    reply_to_id: int | None
    reply_to_external_id: str
    quoted_kind: str | None
    quoted_text: str | None
    quoted_direction: str | None
    quoted_revoked_at: datetime | None
    quoted_author: str | None

    @property
    def is_inbound(self) -> bool:
        return self.direction == Direction.IN


def told(rows: MessageQuerySet) -> "QuerySet[Any, tuple[Any, ...]]":
    """Rows for `Said`, in the order and of the number that `rows` has."""
    files = Attachment.objects.filter(message=OuterRef("pk")).order_by("id")
    reactions = Reaction.objects.filter(message=OuterRef("pk")).order_by("is_ours")
    return rows.annotate(
        author_called=F("author__user__name"),
        files=ArraySubquery(files.values(row=JSONObject(**{name: name for name in _FILE}))),
        given=ArraySubquery(reactions.values(row=JSONObject(emoji="emoji", is_ours="is_ours"))),
        quoted=Left("reply_to__text", QUOTED),
    ).values_list(
        "pk",
        "sent_at",
        "sequence",
        "client_id",
        "direction",
        "kind",
        "text",
        "data",
        "delivery",
        "error_code",
        "error",
        "edited_at",
        "revoked_at",
        "is_blocked",
        "author_id",
        "author_called",
        "channel__kind",
        "channel__name",
        "files",
        "given",
        "reply_to_id",
        "reply_to_external_id",
        "reply_to__kind",
        "quoted",
        "reply_to__direction",
        "reply_to__revoked_at",
        "reply_to__author__user__name",
    )
