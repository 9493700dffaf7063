"""Where a lead stands: assignee, status, won and lost, archive; and what messages do to it.

Each act locks the row, so that two people at once end in one order that both see. Moving is `funnels.actions.moves`.
"""

import copy
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from crm import prepared
from crm.prepared import Prepared, Remembered, Statement
from directory import listening
from directory.actions import events, reasons
from directory.actions.marks import ChangedMeanwhile, mark_of_amount
from directory.actors import SYSTEM, Actor, person
from directory.models import CloseReason, Outcome, Placement, Status
from directory.verbs import Verb
from directory.visibility import clearance
from workspaces.models import Membership


class OutOfReach(Placement.DoesNotExist, Http404):
    """The lead is gone, or the person does not see it (any more). To a page that is one that they never saw."""


def locked(lead_id: int, *, by: Actor = SYSTEM) -> Placement:
    """The row as it is now, ours until the transaction ends. NO KEY: messages that name the lead need not wait.

    `by` is who acts. Of a person it is asked here, under the lock, whether they see the lead: since the page looked,
    somebody may have given it away. OutOfReach where they don't, or where it is gone.
    """
    reader = person(by)
    if reader is None or not reader.is_seller:
        placement = _LOCKED.first(pk=lead_id)
    else:
        found = _SEEN.get(clearance(reader), lambda: _of_seen(reader)).rows(lead=lead_id)
        placement = found[0] if found else None
    if placement is None:
        raise OutOfReach
    return placement


def change(
    placement: Placement, *, by: Actor, verb: StrEnum, facts: dict[str, Any] | None = None, **values: Any
) -> bool:
    """Write columns of a locked row, and the event. False where nothing differs."""
    changes = {name: [getattr(placement, name), value] for name, value in values.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return False
    before = copy.copy(placement)
    for name, (_old, new) in changes.items():
        setattr(placement, name, new)
    prepared.update(placement, changes)
    shown = {name: [_plain(old), _plain(new)] for name, (old, new) in changes.items() if name not in _SILENT}
    events.record(placement, by=by, verb=verb, changes=shown, facts=facts, before=before)
    return True


@transaction.atomic
def assign(lead_id: int, *, by: Actor, to: Membership | None) -> bool:
    """`to` is an active person of the workspace (the caller has found them there), or nobody."""
    return change(locked(lead_id, by=by), by=by, verb=Verb.ASSIGNED, assignee_id=to.pk if to else None)


@transaction.atomic
def set_status(lead_id: int, *, by: Actor, status: str) -> bool:
    return change(locked(lead_id, by=by), by=by, verb=Verb.STATUS_SET, status=Status(status))


@transaction.atomic
def set_value(lead_id: int, *, by: Actor, value: Decimal | None, seen: str = "") -> bool:
    """What it may be worth, in the workspace's currency; None: nobody knows.

    `seen`: mark_of_amount of what the person saw. Where something else is stored meanwhile, ChangedMeanwhile.
    """
    placement = locked(lead_id, by=by)
    stored = placement.value
    if seen and seen != mark_of_amount(stored) and stored != value:
        raise ChangedMeanwhile("value", str(stored or ""))
    return change(placement, by=by, verb=Verb.VALUED, value=value)


@transaction.atomic
def close(
    lead_id: int,
    *,
    by: Actor,
    outcome: str,
    reason: CloseReason | None = None,
    words: str = "",
    again: bool = False,
) -> bool:
    """Won or lost: it leaves the board, keeps its stage, and can be opened again. `words` are what the person says of
    it, beside the reason. Refused where a person must give one and does not, unless it is closed `again` as it was.
    """
    if person(by) is not None and not again:
        reasons.check_reason(outcome, reason, words)
    placement = locked(lead_id, by=by)
    verb = Verb.WON if Outcome(outcome) == Outcome.WON else Verb.LOST
    closed_at = placement.closed_at if placement.outcome == outcome else timezone.now()
    return change(
        placement,
        by=by,
        verb=verb,
        facts={"words": words} if words else None,
        outcome=Outcome(outcome),
        close_reason_id=reason.pk if reason else None,
        closed_at=closed_at,
    )


@transaction.atomic
def reopen(lead_id: int, *, by: Actor) -> bool:
    return change(
        locked(lead_id, by=by),
        by=by,
        verb=Verb.REOPENED,
        outcome=Outcome.OPEN,
        close_reason_id=None,
        closed_at=None,
    )


@transaction.atomic
def archive(lead_id: int, *, by: Actor) -> bool:
    """Out of board and list, until it is unarchived or writes again."""
    return change(locked(lead_id, by=by), by=by, verb=Verb.ARCHIVED, is_archived=True)


@transaction.atomic
def unarchive(lead_id: int, *, by: Actor) -> bool:
    return change(locked(lead_id, by=by), by=by, verb=Verb.UNARCHIVED, is_archived=False)


@transaction.atomic
def star(lead_id: int, *, by: Actor, starred: bool) -> None:
    """No event: a mark for people, not a change of the business."""
    placement = locked(lead_id, by=by)
    placement.is_starred = starred
    prepared.update(placement, ["is_starred"])
    listening.tell(placement)


def note_inbound(
    placement: Placement,
    *,
    message_id: int,
    at: datetime,
    channel_id: int,
    window_ends_at: datetime | None,
    answered: bool = False,
) -> None:
    """A message came in; the caller holds the row's lock. Late and reordered ones never move a time backwards, but that
    since when nobody has answered. `answered`: it is late, and somebody has already."""
    before = copy.copy(placement)
    placement.last_inbound_at = max(placement.last_inbound_at or at, at)
    placement.last_inbound_id = max(placement.last_inbound_id or 0, message_id)
    if not answered:
        placement.waiting_since = min(placement.waiting_since or at, at)
    if window_ends_at is not None:
        placement.window_ends_at = max(placement.window_ends_at or window_ends_at, window_ends_at)
    _note_newest(placement, message_id, at, channel_id)
    prepared.update(placement, _INBOUND_COLUMNS)
    listening.tell(placement, before=before)
    listening.tell(placement, kind="thread")


def note_outbound(placement: Placement, *, message_id: int, at: datetime, channel_id: int) -> None:
    """One of us wrote; the caller holds the row's lock. Whoever wrote before that waits no more."""
    before = copy.copy(placement)
    if placement.last_inbound_at is None or at >= placement.last_inbound_at:
        placement.waiting_since = None
    _note_newest(placement, message_id, at, channel_id)
    prepared.update(placement, _MESSAGE_COLUMNS)
    listening.tell(placement, before=before)
    listening.tell(placement, kind="thread")


def note_unanswered(placement: Placement) -> None:
    """What was to answer them did not arrive: they wait again. The caller holds the row's lock."""
    if placement.waiting_since is None and placement.last_inbound_at is not None:
        placement.waiting_since = placement.last_inbound_at
        prepared.update(placement, ["waiting_since"])
        listening.tell(placement)


def _of_seen(reader: Membership) -> Statement[Placement]:
    rows = Placement.objects.visible_to(reader).select_for_update(no_key=True, of=("self",))
    return Statement.of(rows.filter(pk=_LEAD), kept=True, lead=_LEAD)


def _note_newest(placement: Placement, message_id: int, at: datetime, channel_id: int) -> None:
    if placement.last_message_id is None or at >= placement.last_activity_at:
        placement.last_activity_at = at
        placement.last_message_id = message_id
        placement.channel_id = channel_id


_MESSAGE_COLUMNS = ("last_activity_at", "last_message_id", "channel_id", "waiting_since")
_INBOUND_COLUMNS = (*_MESSAGE_COLUMNS, "last_inbound_at", "last_inbound_id", "window_ends_at")
_LEAD = -1  # no lead: it stands for the one that is asked for
_SEEN: Remembered[Statement[Placement]] = Remembered()
_LOCKED = Prepared(lambda pk: Placement.objects.select_for_update(no_key=True).filter(pk=pk), pk=-1)
_SILENT = {"position", "stage_since", "closed_at"}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
