"""The kind of work "inbox.intake": what one sender wrote to one channel, in one webhook."""

from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError
from django.db.models.functions import Now
from django.utils import timezone

from crm import work
from crm.prepared import Prepared
from crm.work.models import Item
from inbox.channels import providers
from inbox.channels.inbound import Part
from inbox.intake import statuses, taking
from inbox.journal.splitting import INTAKE
from inbox.models import Channel, RawRequest

OWN_FAULT_ATTEMPTS = 4  # of what fails by a fault of ours; later messages of the person wait meanwhile
_CHANNEL = Prepared(
    lambda pk: Channel.objects.in_use().select_related("app").filter(pk=pk).defer("secrets"), pk=-1
)
_RAW = Prepared(lambda pk: RawRequest.objects.select_related("app").filter(pk=pk), pk=-1)
PLACES = 4096  # more than the parts of any request


class Gone(LookupError):
    """The journal no longer has the request."""


def deliver(item: Item) -> work.Receipt:
    """Takes the parts in. The first time all at once; after a failure each by itself, so that one which cannot be taken
    in does not cost the others.
    """
    channel = _CHANNEL.first(pk=item.payload["channel"])
    if channel is None:
        return work.Receipt()  # it was removed meanwhile; the journal keeps what was said
    raw = item.payload["raw"]
    try:
        arrived_at, all_parts = _parts(raw, item.payload.get("size", 0))
    except Gone:
        raise work.DeliveryError("The journal no longer has it.", permanent=True, code="gone") from None
    parts = [(raw * PLACES + min(index, PLACES - 1), all_parts[index]) for index in item.payload["parts"]]
    statuses.settle_unknown(channel, (part for _place, part in parts))
    if item.attempts == 1:
        taking.take(channel, parts, arrived_at=arrived_at)
    else:
        _one_by_one(item, channel, parts, arrived_at)
    _note_life(channel)
    return work.Receipt()


def _one_by_one(item: Item, channel: Channel, parts: list[tuple[int, Part]], arrived_at: datetime) -> None:
    """Every part is tried; the first error is raised when all were."""
    failure: Exception | None = None
    for part in parts:
        try:
            taking.take(channel, [part], arrived_at=arrived_at)
        except DatabaseError as error:  # may pass: the database restarts, a deadlock
            failure = failure or error
        except Exception as error:  # noqa: BLE001 - whatever it is, the neighbours are taken in; it is raised below
            failure = error
    if failure is not None and not isinstance(failure, DatabaseError) and item.attempts >= OWN_FAULT_ATTEMPTS:
        raise work.DeliveryError(
            f"A part could not be taken in: {type(failure).__name__}",
            permanent=True,
            code=type(failure).__name__[:60],
        ) from failure
    if failure is not None:
        raise failure


@lru_cache(maxsize=16)
def _parts(raw_id: int, size: int) -> tuple[datetime, tuple[Part, ...]]:
    """A request of a thousand updates is work of as many rows, one after another: it is read once. It has another size
    when somebody's part in it was erased, and is read again."""
    raw = _RAW.first(pk=raw_id)
    provider = providers.find(raw.app.provider) if raw else None
    if raw is None or provider is None:
        raise Gone
    return raw.received_at, provider.parse(raw.app, raw.content, raw.received_at)


def _note_life(channel: Channel) -> None:
    """To the minute, since many rows would wait for one another's lock on it."""
    if channel.last_event_at is None or channel.last_event_at < timezone.now() - timedelta(minutes=1):
        Channel.objects.filter(pk=channel.pk).update(last_event_at=Now())


KIND = work.Kind(
    INTAKE,
    deliver=deliver,
    idempotent=True,
    batch=20,
    parallel=60,
    lease=timedelta(seconds=settings.INTAKE_LEASE_SECONDS),
    max_attempts=12,
    backoff=timedelta(seconds=1),
    max_backoff=timedelta(minutes=5),
)
