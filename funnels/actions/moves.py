"""Moving leads on the board."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory import actors, ordering, required
from directory.actions import placements
from directory.actors import SYSTEM, Actor
from directory.models import Placement
from directory.verbs import Verb
from directory.visibility import SEE_ALL, WORK_FUNNEL
from funnels.models import Stage
from workspaces.errors import Refused
from workspaces.models import Membership

LONGEST_POSITION = 190  # of a key; the column holds 200


@dataclass(frozen=True)
class Moved:
    """What a move did, as undoing it asks: where the lead was."""

    lead_id: int
    was_stage: int | None
    was_position: str
    has_changed: bool


def check_moves_to(stage: Stage | None, *, by: Actor) -> None:
    """Raise PermissionDenied unless the person may put leads there: into a funnel open to them, or back into the Inbox;
    Refused where nobody puts any more. `stage` comes with its funnel."""
    if stage is None:
        return
    person = actors.person(by)
    if person is not None and person.is_seller and not _is_open_to(person, stage.funnel_id):
        raise PermissionDenied("a funnel that is not granted")
    if stage.leaving_since or stage.funnel.leaving_since:
        raise Refused(_("%(stage)s is being deleted. Choose another stage.") % {"stage": stage})
    if stage.funnel.is_archived:
        raise Refused(_("The funnel %(funnel)s is archived. Choose another.") % {"funnel": stage.funnel})


def check_required(lead_ids: Sequence[int], *, by: Actor, stage: Stage | None) -> None:
    """Raise required.Missing where a person would put leads into a stage that asks for more than they have. Those that
    are in it already are not asked about."""
    if stage is None or not stage.required or actors.person(by) is None:
        return
    coming = Placement.objects.filter(pk__in=lead_ids).exclude(stage_id=stage.pk)
    lacking = required.lacking(stage.required, list(coming.values_list("pk", flat=True)))
    if lacking:
        raise required.Missing(stage.name, lacking)


@transaction.atomic
def move(
    lead_id: int,
    *,
    by: Actor,
    stage: Stage | None,
    after: int | None = None,
    before: int | None = None,
    is_held: bool = False,
) -> Moved:
    """To a stage (None: the Inbox), between two neighbours (ids of leads; None: unknown, or the end).

    The neighbours are what the person saw; their positions are read now, with the lead's row locked. One that has gone
    elsewhere is ignored; with none, the lead comes first. Into the stage where it is, without neighbours, is no move.
    Raises required.Missing where the stage asks a person for what the lead has not. `is_held`: the caller has its lock,
    and has asked under it whether the person sees it.
    """
    check_moves_to(stage, by=by)
    placement = placements.locked(lead_id, by=SYSTEM if is_held else by)
    stage_id = stage.pk if stage else None
    was = placement.stage_id, placement.position
    values: dict[str, Any] = {}
    if placement.stage_id != stage_id:
        check_required([lead_id], by=by, stage=stage)
        values = {"stage_id": stage_id, "stage_since": timezone.now()}
    if values or after is not None or before is not None:
        values["position"] = _position(stage_id, lead_id, after, before)
    changed = placements.change(placement, by=by, verb=Verb.MOVED, **values)
    return Moved(lead_id, *was, bool(changed))


@transaction.atomic
def put_back(lead_id: int, *, by: Actor, stage: Stage | None, position: str, expected: int | None) -> bool:
    """Undo a move: to the stage and position it had. False where it is not in `expected` (the stage) any more."""
    check_moves_to(stage, by=by)
    placement = placements.locked(lead_id)  # they moved it: it may be out of their sight
    if placement.stage_id != expected:
        return False
    values: dict[str, Any] = {"position": position}
    stage_id = stage.pk if stage else None
    if placement.stage_id != stage_id:
        values |= {"stage_id": stage_id, "stage_since": timezone.now()}
    return bool(placements.change(placement, by=by, verb=Verb.MOVED, **values))


def take_back(row: list[Any], now: Any, by: Membership) -> bool:
    """Of `directory.actions.undoing`: a row is [lead, stage, position]."""
    lead, stage_id, position = row
    stage = Stage.objects.with_funnel().filter(pk=stage_id).first() if stage_id else None
    if stage_id and stage is None:
        return False  # the stage was deleted since
    return put_back(lead, by=by, stage=stage, position=position, expected=now)


def move_many(
    lead_ids: Sequence[int],
    *,
    by: Actor,
    stage: Stage | None,
    after: int | None = None,
    before: int | None = None,
    is_held: bool = False,
) -> list[Moved]:
    """Several at once, in the order given. Each is its own transaction: one that is gone stops none, and no two people
    wait for each other's rows crosswise."""
    check_required(lead_ids, by=by, stage=stage)  # before the first one moves
    moved = []
    for lead_id in lead_ids if after is not None or before is not None else reversed(lead_ids):
        try:
            moved.append(move(lead_id, by=by, stage=stage, after=after, before=before, is_held=is_held))
        except Placement.DoesNotExist:
            continue
        except IntegrityError:  # deleted between our look at it and the commit
            raise Refused(_("This stage was deleted meanwhile. Reload the board.")) from None
        after = lead_id if after is not None or before is not None else None
    return moved


def _is_open_to(person: Membership, funnel_id: int) -> bool:
    return person.grants.holds(WORK_FUNNEL, funnel_id) or person.grants.holds(SEE_ALL, funnel_id)


def _position(stage_id: int | None, lead_id: int, after: int | None, before: int | None) -> str:
    named = [pk for pk in (after, before) if pk is not None and pk != lead_id]
    found: dict[int, str] = {}
    if named:
        rows = Placement.objects.filter(pk__in=named, stage_id=stage_id)  # type: ignore[misc]
        found = dict(rows.values_list("pk", "position"))
    above, below = found.get(after or 0), found.get(before or 0)
    if above is not None and (below is None or above >= below):
        # The end of what the person saw; or somebody changed their order meanwhile: what it should follow counts.
        below = _next_position(stage_id, lead_id, above)
    elif above is None and below is not None:
        above = _previous_position(stage_id, lead_id, below)
    if above is None and (below is None or (top := _top()) < below):
        return _top() if below is None else top
    position = ordering.between(above, below)
    return position if len(position) <= LONGEST_POSITION else str(above or below)


def _top() -> str:
    return ordering.at_top(time.time_ns() // 1000)


def _next_position(stage_id: int | None, lead_id: int, above: str) -> str | None:
    column = Placement.objects.on_board().filter(stage_id=stage_id, position__gt=above).exclude(pk=lead_id)  # type: ignore[misc]
    return column.order_by("position", "lead_id").values_list("position", flat=True).first()


def _previous_position(stage_id: int | None, lead_id: int, below: str) -> str | None:
    column = Placement.objects.on_board().filter(stage_id=stage_id, position__lt=below).exclude(pk=lead_id)  # type: ignore[misc]
    return column.order_by("-position", "-lead_id").values_list("position", flat=True).first()
