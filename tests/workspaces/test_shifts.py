"""Availability by the business hours; by hand until the next boundary."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from crm.tenancy import scope
from tests import cast
from workspaces import presence
from workspaces.actions import hours, memberships, shifts, workspaces
from workspaces.hours import Schedule
from workspaces.models import BusinessHours, Holiday, Membership

WEEKDAYS = [(day, time(9), time(18)) for day in range(5)]
MEXICO = "America/Mexico_City"  # UTC-6, always
MONDAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)  # 9:00 there


def schedule(stretches, *, zone=MEXICO, holidays=()):
    rows = [BusinessHours(weekday=day, opens=opens, closes=closes) for day, opens, closes in stretches]
    return Schedule.build(zone, rows, [Holiday(date=day) for day in holidays])


def at(hour, minute=0, day=0):
    return MONDAY + timedelta(days=day, hours=hour - 9, minutes=minute)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (at(8), at(9)),
        (at(9), at(18)),
        (at(17, 59), at(18)),
        (at(18), at(9, day=1)),
        (at(18, day=4), at(9, day=7)),  # over the week-end
    ],
)
def test_the_next_change_is_the_next_opening_or_closing(now, then):
    assert schedule(WEEKDAYS).next_change(now) == then


def test_a_holiday_has_no_change_and_midnight_is_none_where_it_goes_on():
    assert schedule(WEEKDAYS, holidays=[date(2026, 12, 1)]).next_change(at(18)) == at(9, day=2)
    night = [(0, time(20), time.max), (1, time(0), time(6))]
    assert schedule(night).next_change(at(21)) == at(6, day=1)
    assert schedule([(day, time(0), time.max) for day in range(7)]).next_change(at(12)) is None
    assert schedule([]).next_change(at(12)) is None


def test_the_hours_of_a_zone_that_changes_its_clock_are_its_own():
    madrid = schedule([(6, time(1), time(9))], zone="Europe/Madrid")
    sunday = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # clocks go back at 01:00 UTC; 02:30 there
    assert madrid.next_change(sunday) == datetime(2026, 10, 25, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """What time it is for the sweep: `clock(at(9))`."""

    def turn(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return shifts.sweep()

    return turn


@pytest.fixture
def follower(seller, clock):
    clock(at(12))
    shifts.follow_hours(seller, by=seller, follows=True)
    return seller


def state(person):
    return Membership.objects.get(pk=person.pk).availability


@pytest.mark.django_db
def test_who_follows_the_hours_is_active_when_they_open_and_away_when_they_close(
    follower, other_seller, clock
):
    arrived = []
    presence.on_arrival(arrived.append)
    try:
        assert (state(follower), clock(at(17, 59))) == ("active", 0)
        assert clock(at(18, 1)) == 1
        assert (state(follower), state(other_seller)) == ("away", "active")
        assert clock(at(18, 2)) == 0
        assert arrived == []
        assert clock(at(9, day=1)) == 1
        assert (state(follower), [one.pk for one in arrived]) == ("active", [follower.pk])
    finally:
        presence._listeners.remove(arrived.append)


@pytest.mark.django_db
def test_what_is_set_by_hand_holds_until_the_next_boundary(follower, admin, clock):
    memberships.set_availability(follower, by=follower, availability="away")  # at lunch
    clock(at(14))
    assert state(follower) == "away"
    clock(at(18))
    memberships.set_availability(follower, by=admin, availability="active")  # stays longer
    clock(at(20))
    assert state(follower) == "active"
    clock(at(9, day=1))
    clock(at(18, day=1))
    assert state(follower) == "away"


@pytest.mark.django_db
def test_a_change_of_the_hours_turns_only_where_it_opens_or_closes_now(follower, owner, workspace, clock):
    clock(at(12))
    memberships.set_availability(follower, by=follower, availability="away")
    with scope(workspace):
        hours.add_holiday(by=owner, day=date(2026, 12, 24), name="Nochebuena")
        hours.replace(by=owner, stretches=[(0, time(9), time(13)), *WEEKDAYS[1:]])
    assert state(follower) == "away"  # what they set stays
    clock(at(13))
    clock(at(9, day=1))
    assert state(follower) == "active"
    with scope(workspace):
        hours.replace(by=owner, stretches=[(0, time(9), time(13))])  # closed on Tuesdays, from now on
    assert state(follower) == "away"
    workspaces.change(workspace, by=owner, time_zone="Europe/Madrid")
    assert Membership.objects.get(pk=follower.pk).turns_at == datetime(2026, 12, 7, 8, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_who_leaves_is_not_brought_back_by_the_hours(follower, owner, clock):
    memberships.deactivate(follower, by=owner, successor=None)
    clock(at(9, day=1))
    row = Membership.objects.get(pk=follower.pk)
    assert (row.availability, row.follows_hours, row.turns_at) == ("away", False, None)


@pytest.mark.django_db
def test_one_sets_it_for_oneself_and_an_admin_for_others(workspace, seller, other_seller, admin, outsider):
    def post(client_of, person):
        named = {"workspace_id": workspace.public_id, "pk": person.pk}
        return client_of.post(reverse("workspaces:hours_of", kwargs=named), {"follows": "1"}).status_code

    assert post(cast.signed_in(seller), seller) == 302
    assert post(cast.signed_in(seller), other_seller) == 403
    assert post(cast.signed_in(outsider), other_seller) == 404
    assert post(cast.signed_in(admin), other_seller) == 302
    assert post(cast.signed_in(admin), outsider) == 404
    assert Membership.objects.filter(follows_hours=True).count() == 2
    with pytest.raises(PermissionDenied):
        shifts.follow_hours(other_seller, by=seller, follows=False)
    shifts.follow_hours(other_seller, by=other_seller, follows=False)
    assert Membership.objects.get(pk=other_seller.pk).turns_at is None
