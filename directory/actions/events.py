"""The one door by which an event is written; what follows from it reads the feed, or the live signal given here."""

from collections.abc import Iterable
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
    rows: Iterable[tuple[Placement, Changes, Placement | None]], *, by: Actor, verb: StrEnum
) -> None:
    """One event each, for acts on several leads at once. Above MANY, pages are told once and not lead by lead."""
    rows = list(rows)
    if not rows:
        return
    Event.objects.bulk_create(
        [_event(placement, by, verb, changes, None) for placement, changes, _before in rows]
    )
    feed.announce(Event)
    if len(rows) > MANY:
        concerned = [
            one for placement, _changes, before in rows for one in (placement, before) if one is not None
        ]
        listening.tell_of_many(
            concerned[0].workspace_id,
            people={one.assignee_id for one in concerned if one.assignee_id is not None},
            stages={one.stage_id for one in concerned if one.stage_id is not None},
        )
        return
    for placement, _changes, before in rows:
        listening.tell(placement, before=before)


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
