"""From a webhook as it came to rows of work: one for each channel and sender in it.

1. Unread requests are taken oldest first, some at a time, skipping what another worker reads at this moment.
2. Their parts are read by their provider, and grouped by receiver and sender, in the order in which they stand.
3. Each group becomes one row of the kind "inbox.intake" in its channel's lane, keyed by the sender: what one person
   wrote is worked through in order, workspaces take turns.
4. The requests are marked in the same transaction. A worker that dies leaves them as they were.

What no channel is known for stays in the journal, where the operator finds it and can have it read again.
"""

import hashlib
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models.functions import Now

from crm import nudge, work
from inbox import tasks
from inbox.channels import providers
from inbox.channels.inbound import FromPerson, Malformed, Part, StatusUpdate
from inbox.journal import receivers
from inbox.journal.receivers import Receiver
from inbox.models import ProviderApp, RawRequest

logger = logging.getLogger(__name__)

BATCH = 20  # requests a transaction
RUN_SECONDS = 10.0
INTAKE = "inbox.intake"
INDEXES = 400  # parts of one row of work: even of seven digits each they fit its payload
KEY = 64  # characters; a longer sender stands as its digest


@dataclass
class Reading:
    """What one request holds."""

    raw: RawRequest
    parts: tuple[Part, ...]
    kinds: tuple[str, ...]
    error: str = ""
    unknown: list[str] = field(default_factory=list)

    def names(self) -> set[str]:
        return {part.receiver for part in self.parts if part.receiver}


def run() -> int:
    """Reads what is there, for a while; returns how many requests."""
    ends, done = time.monotonic() + RUN_SECONDS, 0
    while time.monotonic() < ends:
        count = _batch()
        done += count
        if count < BATCH:
            return done
    nudge.now(tasks.split_webhooks)
    return done


def replay(raws: Iterable[int]) -> int:
    """Has requests read again, from the beginning: for receivers that were unknown, or after a fault of ours. What was
    taken in already changes nothing."""
    again = RawRequest.objects.filter(pk__in=list(raws)).exclude(state=RawRequest.State.NEW)
    count = again.update(state=RawRequest.State.NEW, error="", unknown_receivers=0, receiver="")
    nudge.on_commit(tasks.split_webhooks)
    return count


@transaction.atomic
def _batch() -> int:
    raws = list(
        RawRequest.objects.unsplit()
        .select_related("app")
        .select_for_update(skip_locked=True, of=("self",))[:BATCH]
    )
    if not raws:
        return 0
    readings = [_read(raw) for raw in raws]
    names: dict[int, set[str]] = {}
    for reading in readings:
        names.setdefault(reading.raw.app_id, set()).update(reading.names())
    kinds = {kind for reading in readings for kind in reading.kinds}
    known = receivers.of_apps(names, kinds)
    work.enqueue_many(INTAKE, [row for reading in readings for row in _rows(reading, known)])
    for reading in readings:
        _mark(reading)
        _ask_about(reading)
    RawRequest.objects.bulk_update(raws, ["state", "parts", "unknown_receivers", "receiver", "error"])
    ProviderApp.objects.filter(pk__in=names).update(last_request_at=Now())
    return len(raws)


def _read(raw: RawRequest) -> Reading:
    """Whatever is in one request, it costs the others nothing."""
    provider = providers.find(raw.app.provider)
    if provider is None:
        return Reading(raw, (), (), error="no such provider")
    try:
        parts = provider.parse(raw.app, raw.content, raw.received_at)
    except Exception as fault:
        logger.exception("A webhook could not be read", extra={"raw": raw.pk})
        return Reading(raw, (), provider.kinds, error=f"our fault: {type(fault).__name__}")
    troubled = next((part for part in parts if isinstance(part, Malformed)), None)
    error = f"{troubled.reason} ({troubled.where})" if troubled else ""
    return Reading(raw, parts, provider.kinds, error=error)


def _rows(reading: Reading, known: dict[tuple[int, str], list[Receiver]]) -> Iterable[work.Row]:
    groups: dict[tuple[int, int, str], list[int]] = {}
    for index, part in enumerate(reading.parts):
        found = known.get((reading.raw.app_id, part.receiver), [])
        if isinstance(
            part, (FromPerson, StatusUpdate)
        ):  # what names only the account is not for all its numbers
            found = [receiver for receiver in found if receiver.names[0] == part.receiver]
        if not found and not (isinstance(part, Malformed) and not part.receiver):
            reading.unknown.append(part.receiver)
        if isinstance(part, Malformed):
            continue  # there is nothing to take in: the operator sees it here
        for receiver in found:
            groups.setdefault((receiver.workspace, receiver.channel, part.sender), []).append(index)
    for (workspace, channel, sender), indexes in groups.items():
        for start in range(0, len(indexes), INDEXES):
            payload = {
                "raw": reading.raw.pk,
                "size": reading.raw.size,
                "channel": channel,
                "parts": indexes[start : start + INDEXES],
            }
            yield work.Row(
                lane=f"channel:{channel}", key=key_of(sender), payload=payload, workspace=workspace
            )


def _ask_about(reading: Reading) -> None:
    """Some accounts come by themselves: their provider may find out about a receiver that nobody knows."""
    provider = providers.find(reading.raw.app.provider)
    if provider is not None and provider.unknown is not None:
        for receiver in dict.fromkeys(filter(None, reading.unknown)):
            provider.unknown(reading.raw.app, receiver)


def key_of(sender: str) -> str:
    """What stands for a sender in the key of a row of work."""
    return sender if len(sender) <= KEY else hashlib.sha256(sender.encode()).hexdigest()


def _mark(reading: Reading) -> None:
    raw = reading.raw
    whole = [part for part in reading.parts if not isinstance(part, Malformed)]
    raw.state = RawRequest.State.SPLIT if whole or not reading.error else RawRequest.State.UNREADABLE
    raw.parts = len(reading.parts)
    raw.unknown_receivers = len(set(reading.unknown))
    raw.receiver = reading.unknown[0][:80] if reading.unknown else ""
    raw.error = reading.error[:300]
