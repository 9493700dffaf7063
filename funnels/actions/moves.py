"""Moving leads on the board."""

import time
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from directory import actors, ordering
from directory.actions import placements
from directory.actors import Actor
from directory.models import Placement
from directory.verbs import Verb
from funnels.models import Funnel, Stage


def check_moves_to(stage: Stage | None, *, by: Actor) -> None:
    """Raise unless the person may put leads there: into a funnel open to them, or back into the Inbox."""
    person = actors.person(by)
    if person is None or stage is None or not person.is_seller:
        return
    if not Funnel.objects.open_to(person).filter(pk=stage.funnel_id).exists():
        raise PermissionDenied("a funnel that is not granted")


@transaction.atomic
def move(
    lead_id: int, *, by: Actor, stage: Stage | None, after: int | None = None, before: int | None = None
) -> bool:
    """To a stage (None: the Inbox), between two neighbours (ids of leads; None: unknown, or the end).

    The neighbours are what the person saw; their positions are read now. One that has gone elsewhere is ignored; with
    none, the lead comes first.
    """
    check_moves_to(stage, by=by)
    placement = placements.locked(lead_id)
    stage_id = stage.pk if stage else None
    values: dict[str, Any] = {"position": _position(stage_id, lead_id, after, before)}
    if placement.stage_id != stage_id:
        values |= {"stage_id": stage_id, "stage_since": timezone.now()}
    elif after is None and before is None:
        return False
    return placements.change(placement, by=by, verb=Verb.MOVED, **values)


def _position(stage_id: int | None, lead_id: int, after: int | None, before: int | None) -> str:
    named = [pk for pk in (after, before) if pk is not None and pk != lead_id]
    found: dict[int, str] = {}
    if named:
        rows = Placement.objects.on_board().filter(pk__in=named, stage_id=stage_id)  # type: ignore[misc]
        found = dict(rows.values_list("pk", "position"))
    above, below = found.get(after or 0), found.get(before or 0)
    if above is None and below is None:
        return ordering.at_top(time.time_ns() // 1000)
    if above is not None and below is not None and above >= below:
        below = None  # somebody changed their order meanwhile: what it should follow counts
    if below is None:
        below = _next_position(stage_id, lead_id, above or "")
    return ordering.between(above, below)


def _next_position(stage_id: int | None, lead_id: int, above: str) -> str | None:
    column = Placement.objects.on_board().filter(stage_id=stage_id, position__gt=above).exclude(pk=lead_id)  # type: ignore[misc]
    return column.order_by("position", "lead_id").values_list("position", flat=True).first()


def move_many(lead_ids: Sequence[int], *, by: Actor, stage: Stage | None) -> int:
    """Several at once, in the order given; how many moved. Each is its own transaction: one that is gone stops none."""
    return sum(move(lead_id, by=by, stage=stage) for lead_id in lead_ids)
