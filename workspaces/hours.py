"""Whether a workspace is open at a moment, and when it opens next. In its own zone; pure functions over rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workspaces.models import BusinessHours, Holiday, Workspace

LAST = time.max  # how 24:00 is written
HORIZON = 400  # days looked ahead for the next opening


@dataclass(frozen=True)
class Schedule:
    """Weekly stretches (weekday → [(opens, closes)]) and holidays of one workspace."""

    zone: ZoneInfo
    stretches: dict[int, list[tuple[time, time]]]
    holidays: frozenset[date]

    @classmethod
    def of(cls, workspace: Workspace) -> "Schedule":
        """Two queries, inside the scope."""
        return cls.build(workspace.time_zone, BusinessHours.objects.all(), Holiday.objects.all())

    @classmethod
    def build(cls, zone: str, hours: Iterable[BusinessHours], holidays: Iterable[Holiday]) -> "Schedule":
        stretches: dict[int, list[tuple[time, time]]] = {}
        for row in hours:
            stretches.setdefault(row.weekday, []).append((row.opens, row.closes))
        for day in stretches.values():
            day.sort()
        return cls(ZoneInfo(zone), stretches, frozenset(holiday.date for holiday in holidays))

    def is_open(self, at: datetime) -> bool:
        """`at` is aware. Closing time itself is closed."""
        local = at.astimezone(self.zone)
        return any(opens <= local.time() < closes for opens, closes in self._on(local.date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment not before `at` at which it is open; None if it never opens within HORIZON days."""
        if self.is_open(at):
            return at
        local = at.astimezone(self.zone)
        for days in range(HORIZON):
            day = local.date() + timedelta(days=days)
            for opens, _closes in self._on(day):
                moment = datetime.combine(day, opens, self.zone)
                if moment >= at:
                    return moment
        return None

    def next_change(self, at: datetime) -> datetime | None:
        """The first moment after `at` at which it opens or closes; None if it never does within HORIZON days.

        What ends at midnight and goes on at midnight does not close. Compared in UTC, since where clocks change, hours
        of the zone are not as long as they look.
        """
        ends: datetime | None = None
        first = at.astimezone(self.zone).date() - timedelta(days=1)
        for days in range(HORIZON):
            day = first + timedelta(days=days)
            for opens, closes in self._on(day):
                begin, end = self._moment(day, opens), self._moment(day, closes)
                if ends is None and begin > at:
                    return begin
                if ends is not None and begin > ends:
                    return ends
                if end > at:
                    ends = end
        return None

    def _moment(self, day: date, at: time) -> datetime:
        """In UTC. The last moment of a day is the first of the next."""
        if at == LAST:
            day, at = day + timedelta(days=1), time()
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def _on(self, day: date) -> list[tuple[time, time]]:
        return [] if day in self.holidays else self.stretches.get(day.weekday(), [])
