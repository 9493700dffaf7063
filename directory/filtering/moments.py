"""The ends of stretches of time, as a statement that is kept holds them: `last-7d` ends elsewhere in each run."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from crm.prepared import Later
from directory.filtering import periods

NOW = "now"  # the value of a run by which they are counted
SAMPLE = {NOW: dt.datetime(1, 2, 3, 4, 5, 6, 9, dt.UTC)}  # a statement with it counts them anew


class Moment(dt.datetime, Later):
    """One end (0 or 1) of what `text` names."""

    by = NOW
    text: str
    zone: ZoneInfo
    end: int

    def given(self, values: Mapping[str, Any]) -> dt.datetime | None:
        return periods.bounds(self.text, values[NOW], self.zone)[self.end]


class Day(dt.date, Later):
    """The same of days."""

    by = NOW
    text: str
    zone: ZoneInfo
    end: int

    def given(self, values: Mapping[str, Any]) -> dt.date | None:
        return periods.days(self.text, values[NOW].astimezone(self.zone).date())[self.end]


def bounds(text: str, now: dt.datetime, zone: ZoneInfo) -> periods.Bounds:
    """As `periods.bounds`."""
    first, last = periods.bounds(text, now, zone)
    return _moment(first, text, zone, 0), _moment(last, text, zone, 1)


def days(text: str, now: dt.datetime, zone: ZoneInfo) -> periods.Days:
    """As `periods.days`, of the day it is now."""
    first, last = periods.days(text, now.astimezone(zone).date())
    return _day(first, text, zone, 0), _day(last, text, zone, 1)


def _moment(at: dt.datetime | None, text: str, zone: ZoneInfo, end: int) -> Moment | None:
    if at is None:
        return None
    made = Moment(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, at.tzinfo)
    made.text, made.zone, made.end = text, zone, end
    return made


def _day(on: dt.date | None, text: str, zone: ZoneInfo, end: int) -> Day | None:
    if on is None:
        return None
    made = Day(on.year, on.month, on.day)
    made.text, made.zone, made.end = text, zone, end
    return made
