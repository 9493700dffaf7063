"""A person's shift: the workspace's business hours, by the clock on their own wall.

Who works from another zone starts at nine like the others, but at their nine. A workspace that has no hours has no
shifts: then it is always one.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from workspaces.hours import Schedule
from workspaces.models import BusinessHours, Holiday, Membership


def zone_of(person: Membership) -> ZoneInfo:
    return ZoneInfo(person.user.time_zone or person.workspace.time_zone)


def shift_of(person: Membership) -> Schedule | None:
    """Two queries, inside the scope; None where the workspace has no hours."""
    schedule = Schedule.build(str(zone_of(person)), BusinessHours.objects.all(), Holiday.objects.all())
    return schedule if schedule.stretches else None


def is_on(person: Membership, at: datetime) -> bool:
    schedule = shift_of(person)
    return schedule is None or schedule.is_open(at)
