"""Filling in what a stage asks for, and moving the leads in: all or nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from directory import required
from directory.actions import several
from directory.models import Lead
from funnels.actions import moves
from funnels.actions.moves import Moved
from funnels.models import Stage
from workspaces.models import Membership


@transaction.atomic
def fill_and_move(
    lead_ids: Sequence[int],
    values: Mapping[str, Any],
    *,
    by: Membership,
    stage: Stage,
    after: int | None = None,
    before: int | None = None,
) -> list[Moved]:
    """`values` by keys of `directory.required`. Each lead gets what it lacks of them, and keeps what it has. Raises
    Refused, also where somebody took away meanwhile what is not among the values.

    Whether the person sees the leads is asked once, under their locks: with an assignee they may be another's before
    they are moved. So the assignee comes last. What is gone, or out of sight, is left out.
    """
    moves.check_moves_to(stage, by=by)
    held = {one.pk for one in several.locked(lead_ids, by)}
    lead_ids = [pk for pk in lead_ids if pk in held]
    lacking = required.lacking(stage.required, lead_ids)
    leads = {lead.pk: lead for lead in Lead.objects.filter(pk__in=lacking)}
    for pk, keys in lacking.items():
        for key in sorted(keys, key=lambda key: key == "assignee"):
            found = required.find(key)
            if found is not None and key in values and pk in leads:
                found.fill(leads[pk], values[key], by)
    return moves.move_many(lead_ids, by=by, stage=stage, after=after, before=before, is_held=True)
