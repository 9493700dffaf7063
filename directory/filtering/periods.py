"""Stretches of time as a filter names them, days by the workspace's clock.

last-30d   within the last 30 days         over-7d    longer ago than 7 days      next-2w   within the next 2 weeks
today yesterday tomorrow, this- last- next- week month quarter year
2026-11-30   2026-11-01..2026-11-30   2026-11-01..   ..2026-11-30       the last day is within
"""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from directory.filtering.errors import BadFilter

Bounds = tuple[dt.datetime | None, dt.datetime | None]  # from, and before
Days = tuple[dt.date | None, dt.date | None]

UNITS = ("h", "d", "w", "m", "y")
NAMED = (
    "today",
    "yesterday",
    "tomorrow",
    *(f"{side}-{unit}" for unit in ("week", "month", "quarter", "year") for side in ("this", "last", "next")),
)
_COUNTED = re.compile(r"(last|over|next)-(\d{1,4})([hdwmy])")
COUNTED = ("last", "over", "next")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_A_DAY = dt.timedelta(days=1)
_LONG_AGO, _FAR_AWAY = dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(9000, 1, 1, tzinfo=dt.UTC)
_FIRST, _LAST = dt.date(1900, 1, 1), dt.date(2200, 1, 1)


def clean(text: str, *, hours: bool = True) -> str:
    """As it is written; BadFilter where it names no time."""
    counted = _COUNTED.fullmatch(text)
    if counted and int(counted[2]) and (hours or counted[3] != "h"):
        return f"{counted[1]}-{int(counted[2])}{counted[3]}"
    if text in NAMED:
        return text
    first, dots, last = text.partition("..")
    if (first or last) and all(_is_day(one) for one in (first, last) if one) and (dots or first):
        if dots and first and last and first > last:
            first, last = last, first
        return first if first == last else f"{first}{dots}{last}"
    raise BadFilter(
        _("“%(text)s” is no time: write a day (2026-11-30), last-30d, over-7d, today, this-month…")
        % {"text": text}
    )


def bounds(text: str, now: dt.datetime, zone: ZoneInfo) -> Bounds:
    """Moments of a clean text. What counts hours, days and weeks is by the clock from now, not by midnights."""
    counted = _COUNTED.fullmatch(text)
    if counted:
        return _counted(counted[1], int(counted[2]), counted[3], now)
    first, last = days(text, now.astimezone(zone).date())
    return _midnight(first, zone), _midnight(last, zone)


def days(text: str, today: dt.date) -> Days:
    """Days of a clean text: from, and before."""
    counted = _COUNTED.fullmatch(text)
    if counted:
        return _days_counted(counted[1], int(counted[2]), counted[3], today)
    if text in NAMED:
        return _named(text, today)
    first, dots, last = text.partition("..")
    begin = dt.date.fromisoformat(first) if first else None
    if not dots and begin:
        return begin, begin + _A_DAY
    return begin, dt.date.fromisoformat(last) + _A_DAY if last else None


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text)) and _FIRST <= dt.date.fromisoformat(text) <= _LAST
    except ValueError:
        return False


def _counted(side: str, number: int, unit: str, now: dt.datetime) -> Bounds:
    if side == "next":
        return now, _shifted(now, number, unit)
    then = _shifted(now, -number, unit)
    return (then, now + dt.timedelta(minutes=5)) if side == "last" else (None, then)


def _days_counted(side: str, number: int, unit: str, today: dt.date) -> Days:
    at = dt.datetime.combine(today, dt.time(), dt.UTC)
    if side == "next":
        return today, _shifted(at, number, unit).date() + _A_DAY
    then = _shifted(at, -number, unit).date()
    return (then, today + _A_DAY) if side == "last" else (None, then)


def _shifted(at: dt.datetime, number: int, unit: str) -> dt.datetime:
    try:
        if unit in "hdw":
            return at + number * {"h": dt.timedelta(hours=1), "d": _A_DAY, "w": 7 * _A_DAY}[unit]
        return _months_on(at, number * (12 if unit == "y" else 1))
    except (OverflowError, ValueError):
        return _LONG_AGO if number < 0 else _FAR_AWAY


def _months_on(at: dt.datetime, months: int) -> dt.datetime:
    """The same day some months on, or the month's last."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - _A_DAY).day
    return at.replace(year=year, month=month + 1, day=min(at.day, last))


def _named(text: str, today: dt.date) -> Days:
    if text in ("today", "yesterday", "tomorrow"):
        begin = today + {"today": 0, "yesterday": -1, "tomorrow": 1}[text] * _A_DAY
        return begin, begin + _A_DAY
    side, _dash, unit = text.partition("-")
    step = {"this": 0, "last": -1, "next": 1}[side]
    if unit == "week":
        begin = today - today.weekday() * _A_DAY + step * 7 * _A_DAY
        return begin, begin + 7 * _A_DAY
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = (today.year * 12 + today.month - 1) // length * length + step * length
    return _first_of(month), _first_of(month + length)


def _first_of(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def _midnight(day: dt.date | None, zone: ZoneInfo) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC) if day else None
