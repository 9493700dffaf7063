"""Taking out of the journal what was said by senders who were erased: work of the bulk queue, channel by channel.

A request holds what many people said, and may serve many workspaces. It is found by its rows of work, which are keyed
by the sender and kept as long as the journal (WORK_KEEP_DAYS ≥ JOURNAL_KEEP_DAYS).

1. The channel's rows of intake whose key is of an erased sender, oldest first.
2. Their requests are written anew without that sender's elements (`Provider.redact`), or deleted where nothing else is
   in them. Not while other rows of work count their parts, or may count them again: then it is tried later.
3. The rows of work go, and what was parked for messages that will not come.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm import work
from crm.work.models import Item, Lane, State
from inbox import forgetting
from inbox.channels import providers
from inbox.channels.inbound import FromPerson, Part, StatusUpdate
from inbox.journal.splitting import INTAKE, key_of
from inbox.models import Channel, ErasedSender, IdentityKey, ParkedChange, ParkedStatus, RawRequest
from inbox.models.raw import as_text

FORGET = "inbox.forget"
PAGE = 2_000  # rows of work looked at at once
BUCKET = 300  # seconds in which one row of work stands for all that is to be forgotten on a channel
LATER = timedelta(minutes=10)


def forget(channel: Channel) -> None:
    """In the transaction that erases a sender, or that leaves out what an erased one had said."""
    if channel.app_id is None:
        return  # it has no journal
    bucket = int(time.time()) // BUCKET + 1
    due = datetime.fromtimestamp(bucket * BUCKET, tz=timezone.get_default_timezone())
    _enqueue(channel.pk, channel.workspace_id, correlation=f"{channel.pk}-{bucket}", due_at=due)


def deliver(item: Item) -> work.Receipt:
    channel = Channel.objects.filter(pk=item.payload["channel"]).first()
    if channel is not None and not purge(channel):
        due = timezone.now() + LATER
        _enqueue(channel.pk, channel.workspace_id, correlation=f"{channel.pk}-after-{item.pk}", due_at=due)
    return work.Receipt()


def purge(channel: Channel) -> bool:
    """Whether nothing of erased senders is left in the journal of this channel. In its scope."""
    erased = dict(ErasedSender.objects.values_list("digest", "erased_at"))
    lane = Lane.objects.filter(kind=INTAKE, key=f"channel:{channel.pk}").first()
    is_done = True
    if not erased or lane is None:
        return is_done
    for item, until in _items(lane, channel, erased):
        is_done = _take_out(item, channel, until) and is_done
    return is_done


def _items(lane: Lane, channel: Channel, erased: dict[str, datetime]) -> Iterable[tuple[Item, datetime]]:
    known: dict[str, datetime | None] = {}
    after = 0
    while True:
        rows = list(Item.objects.filter(lane=lane, pk__gt=after).order_by("pk")[:PAGE])
        for row in rows:
            if row.key not in known:
                known[row.key] = erased.get(forgetting.digest(channel.pk, row.key))
            until = known[row.key]
            if until is not None:
                yield row, until
        if len(rows) < PAGE:
            return
        after = rows[-1].pk


@transaction.atomic
def _take_out(item: Item, channel: Channel, until: datetime) -> bool:
    raw = RawRequest.objects.select_for_update().filter(pk=item.payload["raw"]).first()
    if raw is None:
        return bool(Item.objects.filter(pk=item.pk).exclude(state=State.CLAIMED).delete()[0])
    provider = providers.find(raw.app.provider)
    parts = provider.parse(raw.app, raw.content, raw.received_at) if provider else ()
    theirs = [part for part in parts if _is_of(part, channel, item.key)]
    if _is_back(channel, item.key) and not any(_is_old(part, raw, until) for part in theirs):
        return True  # of their new lead
    if raw.state == RawRequest.State.NEW or _others_wait(item):
        return False
    if item.state in (State.QUEUED, State.RETRY, State.CLAIMED):
        return False  # it is soon worked off, to nothing
    content = None
    if provider is not None and provider.redact is not None and len(theirs) < len(parts):
        content = provider.redact(raw.content, channel.external_id, _ids(theirs))
    if content is None:
        raw.delete()
    else:
        raw.body, raw.size = as_text(content), len(content)
        raw.save(update_fields=["body", "size"])
    _unpark(channel, theirs)
    Item.objects.filter(pk=item.pk).delete()
    return True


def _others_wait(item: Item) -> bool:
    """Other rows of the same request, which count its parts: not done yet, or to be tried again by a person."""
    rows = Item.objects.filter(kind=INTAKE, payload__raw=item.payload["raw"])
    return rows.exclude(state__in=(State.SENT, State.DISCARDED)).exclude(pk=item.pk).exists()


def _is_back(channel: Channel, key: str) -> bool:
    """They have written since: what they said then is theirs. Else all goes that names them, late statuses, too."""
    return IdentityKey.objects.filter(channel=channel, key=key).exists()


def _is_old(part: Part, raw: RawRequest, until: datetime) -> bool:
    return min(part.at, raw.received_at) <= until


def _is_of(part: Part, channel: Channel, key: str) -> bool:
    return part.receiver == channel.external_id and key_of(part.sender) == key


def _ids(parts: Iterable[Part]) -> frozenset[str]:
    """What the provider calls the person: keys without their kind."""
    return frozenset(
        key.partition(":")[2]
        for part in parts
        if isinstance(part, (FromPerson, StatusUpdate))
        for key in part.keys
    )


def _unpark(channel: Channel, parts: Iterable[Part]) -> None:
    names = [part.external_id for part in parts if isinstance(part, (FromPerson, StatusUpdate))]
    models: tuple[Any, ...] = (ParkedChange, ParkedStatus)
    for model in models:
        model.objects.filter(channel=channel, external_id__in=names).delete()


def _enqueue(channel: int, workspace: int, *, correlation: str, due_at: datetime) -> None:
    work.enqueue(
        kind=FORGET,
        lane=f"channel:{channel}",
        payload={"channel": channel},
        correlation=correlation,
        workspace=workspace,
        due_at=due_at,
    )


KIND = work.Kind(
    FORGET,
    deliver=deliver,
    idempotent=True,
    queue="bulk",
    batch=1,
    parallel=1,
    lease=timedelta(minutes=10),
    max_attempts=20,
    backoff=timedelta(minutes=1),
)
