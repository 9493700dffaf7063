"""Business hours and holidays."""

from collections.abc import Iterable
from datetime import date, time
from itertools import pairwise

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from workspaces.actions import audit, shifts
from workspaces.errors import Refused
from workspaces.hours import Schedule
from workspaces.models import BusinessHours, Holiday, Membership, Verb, Weekday, Workspace
from workspaces.permissions import WorkspacePermission, check

Stretch = tuple[int, time, time]  # weekday 0–6, opens, closes


def check_stretches(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Sorted; raises Refused where one ends before it begins or two of a day overlap."""
    ordered = sorted(stretches)
    for day, opens, closes in ordered:
        if opens >= closes:
            raise Refused(_("%(day)s: close after you open.") % {"day": Weekday(day).label})
    for (day, _opens, closes), (next_day, next_opens, _closes) in pairwise(ordered):
        if day == next_day and next_opens < closes:
            raise Refused(_("%(day)s: two stretches overlap.") % {"day": Weekday(day).label})
    return ordered


@transaction.atomic
def replace(*, by: Membership, stretches: Iterable[Stretch]) -> None:
    """Set the week, whole. The workspace's row is locked, so that two at once end in one of the two weeks."""
    check(by, WorkspacePermission.MANAGE_SETTINGS)
    wanted = check_stretches(stretches)
    workspace = Workspace.objects.select_for_update(no_key=True).get(pk=by.workspace_id)
    Workspace.objects.filter(pk=by.workspace_id, has_set_hours=False).update(has_set_hours=True)
    before = list(BusinessHours.objects.values_list("weekday", "opens", "closes"))
    if before == wanted:
        return
    schedule = Schedule.of(workspace)
    BusinessHours.objects.all().delete()
    BusinessHours.objects.bulk_create(
        BusinessHours(workspace_id=by.workspace_id, weekday=day, opens=opens, closes=closes)
        for day, opens, closes in wanted
    )
    shifts.hours_changed(workspace, before=schedule)
    changes = {"hours": [_written(before), _written(wanted)]}
    audit.record(by.workspace_id, verb=Verb.HOURS_CHANGED, by=by, changes=changes)


@transaction.atomic
def add_holiday(*, by: Membership, day: date, name: str) -> Holiday:
    check(by, WorkspacePermission.MANAGE_SETTINGS)
    schedule = Schedule.of(by.workspace)
    try:
        with transaction.atomic():
            holiday: Holiday = Holiday.objects.create(date=day, name=name)
    except IntegrityError:
        raise Refused(_("That day is a holiday already.")) from None
    shifts.hours_changed(by.workspace, before=schedule)
    changes = {"holiday": [None, day.isoformat()]}
    audit.record(by.workspace_id, verb=Verb.HOURS_CHANGED, by=by, target=name, changes=changes)
    return holiday


@transaction.atomic
def remove_holiday(holiday: Holiday, *, by: Membership) -> None:
    check(by, WorkspacePermission.MANAGE_SETTINGS)
    changes = {"holiday": [holiday.date.isoformat(), None]}
    audit.record(by.workspace_id, verb=Verb.HOURS_CHANGED, by=by, target=holiday.name, changes=changes)
    schedule = Schedule.of(by.workspace)
    holiday.delete()
    shifts.hours_changed(by.workspace, before=schedule)


def _written(stretches: Iterable[Stretch]) -> list[str]:
    return [f"{day} {opens:%H:%M}–{closes:%H:%M}" for day, opens, closes in stretches]
