"""What tests of acts on many leads do; in the workspace's scope."""

import secrets
from collections.abc import Iterable
from typing import Any

from directory.actions import bulk
from directory.models import BulkAct, Lead, Placement
from directory.selection import Selection
from workspaces.models import Membership, Workspace


def many(workspace: Workspace, number: int, **columns: Any) -> list[int]:
    """Leads past the actions, for what is about numbers; the ids, in order. `columns` are of their placements."""
    leads = Lead.objects.bulk_create([Lead(workspace=workspace, name=f"Lead {one}") for one in range(number)])
    Placement.objects.bulk_create(
        [
            Placement(workspace=workspace, lead=lead, position=f"V{place:06}", **columns)
            for place, lead in enumerate(leads)
        ]
    )
    return sorted(lead.pk for lead in leads)


def do(
    kind: str, leads: Iterable[Lead | int] | Selection, *, by: Membership, key: str = "", **params: Any
) -> BulkAct:
    if not isinstance(leads, Selection):
        leads = Selection(leads=tuple(one if isinstance(one, int) else one.pk for one in leads))
    typed = params.pop("typed", None)
    return bulk.begin(
        by=by, kind=kind, params=params, selection=leads, key=key or secrets.token_urlsafe(12), typed=typed
    )


def assign(leads: Any, *people: Membership, by: Membership, **more: Any) -> BulkAct:
    return do(
        "assign",
        leads,
        by=by,
        people=[one.pk for one in people],
        names=[str(one.user) for one in people],
        **more,
    )


def numbers(act: BulkAct) -> dict[str, Any]:
    """As the database has them, none left out."""
    act.refresh_from_db()
    found = {"changed": act.changed, "already": act.already, "gone": act.gone, **act.refused}
    return {name: amount for name, amount in found.items() if amount}
