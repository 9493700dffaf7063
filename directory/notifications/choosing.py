"""What a person chose: by which ways each kind reaches them, and when."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from crm import notifications, push
from crm.notifications import Kind, Way, Ways
from directory.models import Digest, NotificationSettings
from directory.notifications import shifts
from workspaces.models import Membership


def settings_of(person: Membership) -> NotificationSettings:
    """As saved, else as everyone begins. One query."""
    found = NotificationSettings.objects.filter(membership=person).first()
    return found or NotificationSettings(workspace_id=person.workspace_id, membership=person)


def ways(kind: Kind, person: Membership, chosen: NotificationSettings) -> Ways:
    """By which ways this kind reaches them. No query."""
    if kind.key not in chosen.ways:
        return kind.defaults(person) | kind.always
    return frozenset(way for way in Way if way.value in chosen.ways[kind.key]) | kind.always


def may_push(person: Membership, chosen: NotificationSettings, at: datetime | None = None) -> bool:
    """Whether a browser may be told now: there is one, and it is their shift or they want it at all times."""
    if not push.has_browsers(person.user_id):
        return False
    return not chosen.quiet or shifts.is_on(person, at or timezone.now())


def cleaned(chosen: Mapping[str, list[str]], person: Membership) -> dict[str, list[str]]:
    """Only kinds that are offered to them, only ways there are, and those that cannot be switched off."""
    return {
        kind.key: [way.value for way in Way if way in kind.always or way.value in chosen.get(kind.key, [])]
        for kind in notifications.offered(person)
    }


def set_due(row: NotificationSettings, person: Membership, *, after: datetime) -> None:
    """When their next summary is due; the row is saved by the caller."""
    row.digest_due_at = None if row.digest == Digest.OFF else next_due(row, person, after=after)


def next_due(row: NotificationSettings, person: Membership, *, after: datetime) -> datetime:
    """The first moment after `after` at which a summary is due, by the person's clock.

    Hourly: the next full hour. Daily: at their hour. A day that skips the hour (clocks go forward) has it at the hour
    that comes instead; one that has it twice has its first.
    """
    if row.digest == Digest.HOURLY:
        return after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    zone = shifts.zone_of(person)
    today = after.astimezone(zone).date()
    moments = (
        datetime.combine(today + timedelta(days=days), time(row.digest_hour), zone).astimezone(UTC)
        for days in range(3)
    )
    return next(moment for moment in moments if moment > after)
