"""Availability by the business hours: active when the workspace opens, away when it closes.

Whoever follows the hours is turned at each boundary, and only there: what they, or an admin, set by hand in between
holds until the next one. The next boundary is a due time in the row (`turns_at`), swept by beat; where the hours
change, it is found anew.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from crm.tenancy import scope
from workspaces import presence
from workspaces.actions.memberships import tell
from workspaces.hours import Schedule
from workspaces.models import Availability, Membership, Workspace
from workspaces.permissions import WorkspacePermission, check

BATCH = 200


@transaction.atomic
def follow_hours(person: Membership, *, by: Membership, follows: bool) -> None:
    """By oneself, or by an admin. Who begins to follow is at once as the hours are now."""
    if person.pk != by.pk:
        check(by, WorkspacePermission.MANAGE_PEOPLE)
    rows = Membership.objects.active().filter(pk=person.pk, workspace_id=by.workspace_id)
    row = rows.select_for_update(of=("self",), no_key=True).select_related("workspace").first()
    if row is None:
        raise PermissionDenied("deactivated meanwhile, or another workspace")
    if row.follows_hours == follows:
        return
    row.follows_hours, row.turns_at = follows, None
    row.save(update_fields=["follows_hours", "turns_at"])
    if follows:
        with scope(row.workspace_id):
            schedule = Schedule.of(row.workspace)
        _turn([row], schedule, timezone.now())
    else:
        tell(row)
    person.follows_hours, person.availability = row.follows_hours, row.availability


def sweep() -> int:
    """Whoever is due, of all workspaces; how many. Each workspace is a transaction."""
    turned = 0
    while due := list(_due().values_list("workspace_id", flat=True).order_by("turns_at")[:BATCH]):
        for workspace in dict.fromkeys(due):
            turned += _sweep_one(workspace)
    return turned


@transaction.atomic
def _sweep_one(workspace_id: int) -> int:
    rows = _due().filter(workspace_id=workspace_id).order_by("pk")
    people = list(rows.select_for_update(of=("self",), no_key=True).select_related("workspace"))
    if people:
        with scope(workspace_id):
            schedule = Schedule.of(people[0].workspace)
        _turn(people, schedule, timezone.now())
    return len(people)


@transaction.atomic
def hours_changed(workspace: Workspace, *, before: Schedule) -> None:
    """In the transaction of the change, in the scope. Who follows is turned now only where that opens or closes the
    workspace; else the next boundary is found anew, and what was set by hand stays."""
    now, after = timezone.now(), Schedule.of(workspace)
    people = Membership.objects.active().filter(workspace=workspace, follows_hours=True).order_by("pk")
    rows = list(people.select_for_update(no_key=True))
    if before.is_open(now) != after.is_open(now):
        _turn(rows, after, now)
    elif rows:
        people.update(turns_at=after.next_change(now))


def _due() -> Any:
    return Membership.objects.active().filter(turns_at__lte=timezone.now())


def _turn(people: Iterable[Membership], schedule: Schedule, now: datetime) -> None:
    """The caller holds the rows' locks."""
    wanted = Availability.ACTIVE if schedule.is_open(now) else Availability.AWAY
    turns_at = schedule.next_change(now)
    for person in people:
        changed = person.availability != wanted
        person.turns_at = turns_at
        if changed:
            person.availability, person.availability_since = wanted, now
        person.save(update_fields=["turns_at", "availability", "availability_since"])
        if changed:
            tell(person)
            if wanted == Availability.ACTIVE:
                presence.arrived(person)
