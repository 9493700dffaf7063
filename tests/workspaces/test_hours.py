"""Business hours in the workspace's zone, over holidays and the change of clocks."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.tenancy import scope
from workspaces.actions import hours
from workspaces.errors import Refused
from workspaces.hours import Schedule
from workspaces.models import BusinessHours, Holiday, Membership, Weekday

MEXICO = "America/Mexico_City"


def schedule(zone: str = MEXICO, holidays: frozenset[date] = frozenset()) -> Schedule:
    """Monday to Friday 9–14 and 16–19."""
    day = [(time(9), time(14)), (time(16), time(19))]
    return Schedule(ZoneInfo(zone), dict.fromkeys(range(5), day), holidays)


def at(text: str, zone: str = MEXICO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T08:59:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T14:00", False),
        ("2026-11-23T15:59", False),
        ("2026-11-23T18:59:59", True),
        ("2026-11-22T12:00", False),
    ],
)
def test_open_from_the_first_to_before_the_last_moment(moment: str, is_open: bool) -> None:
    assert schedule().is_open(at(moment)) is is_open


def test_a_moment_is_judged_in_the_zone_of_the_workspace() -> None:
    assert schedule().is_open(datetime(2026, 11, 23, 15, 0, tzinfo=ZoneInfo("UTC")))  # 9:00 in Mexico


def test_a_holiday_is_closed_and_the_next_opening_skips_it() -> None:
    with_holiday = schedule(holidays=frozenset({date(2026, 11, 23)}))
    assert not with_holiday.is_open(at("2026-11-23T10:00"))
    assert with_holiday.next_opening(at("2026-11-20T20:00")) == at("2026-11-24T09:00")


def test_never_open_says_so() -> None:
    assert Schedule(ZoneInfo(MEXICO), {}, frozenset()).next_opening(at("2026-11-23T10:00")) is None


def test_a_night_without_two_o_clock_still_opens() -> None:
    madrid = Schedule(ZoneInfo("Europe/Madrid"), {6: [(time(2, 30), time(5))]}, frozenset())
    opening = madrid.next_opening(datetime(2026, 3, 28, 20, 0, tzinfo=ZoneInfo("UTC")))
    assert opening is not None
    assert opening.date() == date(2026, 3, 29)


@given(moment=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(ZoneInfo(MEXICO))))
def test_the_next_opening_is_open_and_not_in_the_past(moment: datetime) -> None:
    opening = schedule().next_opening(moment)
    assert opening is not None
    assert opening >= moment
    assert schedule().is_open(opening)


def test_the_week_is_replaced_whole_and_looked_at(admin: Membership) -> None:
    with scope(admin.workspace):
        hours.replace(by=admin, stretches=[(6, time(10), time(12))])
        assert list(BusinessHours.objects.values_list("weekday", "opens")) == [(Weekday.SUNDAY, time(10))]
    admin.workspace.refresh_from_db()
    assert admin.workspace.has_set_hours


@pytest.mark.parametrize(
    "stretches",
    [[(0, time(9), time(9))], [(0, time(12), time(9))], [(0, time(9), time(12)), (0, time(11), time(13))]],
)
def test_nonsense_is_refused_and_nothing_is_lost(
    admin: Membership, stretches: list[tuple[int, time, time]]
) -> None:
    with scope(admin.workspace):
        with pytest.raises(Refused):
            hours.replace(by=admin, stretches=stretches)
        assert BusinessHours.objects.count() == 5


def test_a_refusal_names_the_day(admin: Membership) -> None:
    with scope(admin.workspace), pytest.raises(Refused, match=str(Weekday.WEDNESDAY.label)):
        hours.replace(by=admin, stretches=[(0, time(9), time(12)), (2, time(12), time(9))])


def test_a_day_is_a_holiday_once(admin: Membership) -> None:
    with scope(admin.workspace):
        hours.add_holiday(by=admin, day=date(2026, 12, 25), name="Navidad")
        with pytest.raises(Refused):
            hours.add_holiday(by=admin, day=date(2026, 12, 25), name="Navidad otra vez")
        assert Holiday.objects.count() == 1
