"""Taking an act on the board back. What somebody changed since is left as it is."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from directory.actions import placements
from directory.models import CloseReason, Outcome, Placement
from directory.verbs import Verb
from funnels.actions import moves
from funnels.models import Stage
from workspaces.models import Membership


def undo(kind: str, rows: list[list[Any]], now: Any, *, by: Membership) -> list[int]:
    """`rows` are [lead, what it was, …] and `now` what the act made of it (see funnels.board.undoing); the leads that
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


def _move(row: list[Any], now: Any, by: Membership) -> bool:
    lead, stage_id, position = row
    stage = Stage.objects.with_funnel().filter(pk=stage_id).first() if stage_id else None
    if stage_id and stage is None:
        return False  # the stage was deleted since
    return moves.put_back(lead, by=by, stage=stage, position=position, expected=now)


@transaction.atomic
def _status(row: list[Any], now: Any, by: Membership) -> bool:
    placement = placements.locked(row[0])
    return placement.status == now and bool(
        placements.change(placement, by=by, verb=Verb.STATUS_SET, status=row[1])
    )


@transaction.atomic
def _assign(row: list[Any], now: Any, by: Membership) -> bool:
    placement = placements.locked(row[0])
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
    if placements.locked(row[0]).is_archived != now:
        return False
    return bool((placements.unarchive if now else placements.archive)(row[0], by=by))


@transaction.atomic
def _close(row: list[Any], now: Any, by: Membership) -> bool:
    lead, outcome, reason_id = row
    if placements.locked(lead).outcome != now:
        return False
    if outcome == Outcome.OPEN:
        return bool(placements.reopen(lead, by=by))
    reason = CloseReason.objects.filter(pk=reason_id).first() if reason_id else None
    return bool(placements.close(lead, by=by, outcome=outcome, reason=reason, again=True))


_ACTS: dict[str, Callable[[list[Any], Any, Membership], bool]] = {
    "move": _move,
    "status": _status,
    "assign": _assign,
    "archive": _archive,
    "unarchive": _archive,
    "won": _close,
    "lost": _close,
    "reopen": _close,
}
