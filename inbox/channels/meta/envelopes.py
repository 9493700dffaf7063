"""A webhook's body, whole: every entry and everything in it, each to one part at least.

    parse(body, arrived_at, {"page": reader}) → (InboundMessage(…), StatusUpdate(…), Malformed(…), …)

1. The body is JSON of an object that somebody reads; else it is one Malformed or Unhandled part.
2. Entries and their elements are read in their order, by the reader of the object.
3. An element that cannot be read becomes a Malformed part that says why and where; its neighbours are not touched.
   Of a million of them the first MALFORMED say enough.
4. What is recognised and not acted on becomes an Unhandled part with a stable name.

Total: for any bytes there are parts, and nothing is raised. The caller has verified the signature.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from inbox.channels.inbound import Malformed, Part, Unhandled
from inbox.channels.reading import loads, text

logger = logging.getLogger(__name__)

MALFORMED = 100  # kept of one webhook
Reader = Callable[[Any, str, datetime], Iterator[Part]]  # an entry, where it stands, the arrival


class Unreadable(ValueError):
    """Why an element cannot be a part. Without content: it is shown to the operator."""


def parse(body: bytes, arrived_at: datetime, readers: Mapping[str, Reader]) -> tuple[Part, ...]:
    """The parts of one webhook, in their order. `arrived_at` is aware, and stands in for absurd times."""
    try:
        given = loads(body)
    except ValueError as error:
        reason = "nested too deeply" if "deeply" in str(error) else "not JSON"
        return (malformed(reason, "body", "", "", arrived_at),)
    if not isinstance(given, dict):
        return (malformed("the body is not an object", "body", "", "", arrived_at),)
    named = text(given.get("object"), 60)
    reader = readers.get(named)
    if reader is None:
        return (Unhandled(receiver="", sender="", at=arrived_at, name=f"object:{named or '?'}"),)
    entries = given.get("entry")
    if not isinstance(entries, list):
        return (malformed("no list of entries", "entry", "", "", arrived_at),)
    found = (
        part for index, entry in enumerate(entries) for part in reader(entry, f"entry[{index}]", arrived_at)
    )
    return tuple(_bounded(found))


def read(make: Callable[[], Part], where: str, receiver: str, account: str, at: datetime) -> Part:
    """One element. Whatever goes wrong in it stays in it."""
    try:
        return make()
    except Unreadable as error:
        reason = str(error)
    except Exception as error:
        # A fault of ours, of which the fuzzing knows nothing: one element must not cost the batch its neighbours. The
        # part says so to the operator, the journal keeps the body, and the log the place.
        logger.exception("A part of a webhook could not be read", extra={"where": where})
        reason = f"our fault: {type(error).__name__}"
    return malformed(reason, where, receiver, account, at)


def malformed(reason: str, where: str, receiver: str, account: str, at: datetime) -> Malformed:
    return Malformed(receiver=receiver, account=account, sender="", at=at, reason=reason, where=where)


def _bounded(parts: Iterator[Part]) -> Iterator[Part]:
    count = 0
    for part in parts:
        count += isinstance(part, Malformed)
        if count <= MALFORMED or not isinstance(part, Malformed):
            yield part
