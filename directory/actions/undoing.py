"""Taking an act back, of the board or of a list. What somebody changed since is left as it is."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from directory.actions import placements, tags
from directory.models import CloseReason, Lead, Outcome, Placement, Tag
from directory.verbs import Verb
from workspaces.errors import Refused
from workspaces.models import Membership

Act = Callable[[list[Any], Any, Membership], bool]


def register(kind: str, act: Act) -> None:
    """What a floor above does to leads: `act` takes one back, see `undo`; False where it was changed since."""
    _ACTS[kind] = act


def undo(kind: str, rows: list[list[Any]], now: Any, *, by: Membership) -> list[int]:
    """`rows` are [lead, what it was, …] and `now` what the act made of it (see directory.undoing); the leads that
    went back. Each is its own transaction."""
    act = _ACTS[kind]
    done = []
    for row in rows:
        try:
            if act(row, now, by):
                done.append(int(row[0]))
        except Placement.DoesNotExist:
            continue
    return done


@transaction.atomic
def _status(row: list[Any], now: Any, by: Membership) -> bool:
    placement = placements.locked(row[0], by=by)
    return placement.status == now and bool(
        placements.change(placement, by=by, verb=Verb.STATUS_SET, status=row[1])
    )


@transaction.atomic
def _assign(row: list[Any], now: Any, by: Membership) -> bool:
    placement = placements.locked(row[0])  # they gave it away: it may be out of their sight
    if placement.assignee_id != now:
        return False
    to = row[1]
    if (
        to is not None
        and not Membership.objects.active().filter(pk=to, workspace_id=by.workspace_id).exists()
    ):
        return False  # they left since
    return bool(placements.change(placement, by=by, verb=Verb.ASSIGNED, assignee_id=to))


@transaction.atomic
def _archive(row: list[Any], now: Any, by: Membership) -> bool:
    if placements.locked(row[0], by=by).is_archived != now:
        return False
    return bool((placements.unarchive if now else placements.archive)(row[0], by=by))


@transaction.atomic
def _close(row: list[Any], now: Any, by: Membership) -> bool:
    lead, outcome, reason_id = row
    if placements.locked(lead, by=by).outcome != now:
        return False
    if outcome == Outcome.OPEN:
        return bool(placements.reopen(lead, by=by))
    reason = CloseReason.objects.filter(pk=reason_id).first() if reason_id else None
    return bool(placements.close(lead, by=by, outcome=outcome, reason=reason, again=True))


def _tag(row: list[Any], now: Any, by: Membership) -> bool:
    lead, tag = _tagged(row)
    return bool(lead and tag and tags.take_off(lead, tag, by=by))


def _untag(row: list[Any], now: Any, by: Membership) -> bool:
    lead, tag = _tagged(row)
    try:
        return bool(lead and tag and tags.put_on(lead, tag, by=by))
    except Refused:
        return False  # it has as many as it can have


def _tagged(row: list[Any]) -> tuple[Lead | None, Tag | None]:
    """Either may have been deleted since."""
    return Lead.objects.filter(pk=row[0]).first(), Tag.objects.filter(pk=row[1]).first()


@transaction.atomic
def _star(row: list[Any], now: Any, by: Membership) -> bool:
    if placements.locked(row[0], by=by).is_starred != now:
        return False
    placements.star(row[0], by=by, starred=not now)
    return True


_ACTS: dict[str, Act] = {
    "status": _status,
    "assign": _assign,
    "archive": _archive,
    "unarchive": _archive,
    "won": _close,
    "lost": _close,
    "reopen": _close,
    "tag": _tag,
    "untag": _untag,
    "star": _star,
    "unstar": _star,
}
