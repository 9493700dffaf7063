"""The one door by which an event is written; what follows from it reads the feed, or the live signal given here."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from crm import feed, prepared
from directory import actors, listening
from directory.actors import Actor
from directory.models import Event, Placement

Changes = dict[str, list[Any]]
MANY = 50


def record(
    placement: Placement,
    *,
    by: Actor,
    verb: StrEnum,
    changes: Changes | None = None,
    facts: dict[str, Any] | None = None,
    before: Placement | None = None,
) -> Event:
    """In the transaction of the change. `before`: a copy of the placement as it was, where who sees it differs."""
    event = _event(placement, by, verb, changes, facts)
    prepared.insert(event)
    feed.announce(Event)
    listening.tell(placement, before=before)
    return event


def record_many(
    rows: Iterable[tuple[Placement, Changes, Placement | None]],
    *,
    by: Actor,
    verb: StrEnum,
    facts: dict[str, Any] | None = None,
) -> None:
    """One event each, for acts on several leads at once. `rows` are each placement with its changes and how it was."""
    rows = list(rows)
    if not rows:
        return
    Event.objects.bulk_create(
        [_event(placement, by, verb, changes, facts) for placement, changes, _before in rows]
    )
    feed.announce(Event)
    tell_of([(placement, before) for placement, _changes, before in rows])


def tell_of(rows: Sequence[tuple[Placement, Placement | None]]) -> None:
    """Pages are told of each; of more than MANY, once."""
    if len(rows) <= MANY:
        for placement, before in rows:
            listening.tell(placement, before=before)
        return
    concerned = [one for pair in rows for one in pair if one is not None]
    listening.tell_of_many(
        concerned[0].workspace_id,
        people={one.assignee_id for one in concerned if one.assignee_id is not None},
        stages={one.stage_id for one in concerned if one.stage_id is not None},
        channels={
            one.channel_id
            for one in concerned
            if one.stage_id is None and one.assignee_id is None and one.channel_id is not None
        },
    )


def _event(
    placement: Placement, by: Actor, verb: StrEnum, changes: Changes | None, facts: dict[str, Any] | None
) -> Event:
    return Event(
        workspace_id=placement.workspace_id,
        lead_id=placement.pk,
        verb=verb,
        actor=actors.person(by),
        origin=actors.origin(by),
        cause=actors.cause(by),
        changes=changes or {},
        facts=facts or {},
    )
