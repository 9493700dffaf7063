"""Each htmx act leaves the page that a reload would show."""

from collections.abc import Callable

import pytest
from django.test import Client

from crm.tenancy import scope
from tests import cast
from tests.swap import HTMX, Swapped
from workspaces.actions import invitations, memberships, teams
from workspaces.models import Availability, Membership, Role


@pytest.fixture
def client(admin: Membership) -> Client:
    return cast.signed_in(admin)


@pytest.fixture
def at(admin: Membership) -> Callable[..., str]:
    return lambda rest="": f"/w/{admin.workspace.public_id}/{rest}"


@pytest.mark.parametrize("act", ["resending", "revocation"])
def test_an_invitation_sent_again_or_revoked(
    client: Client, at: Callable[..., str], admin: Membership, act: str
) -> None:
    invitation = invitations.invite(by=admin, email="nina@example.com", role=Role.SELLER)
    invitations.invite(by=admin, email="otto@example.com", role=Role.SELLER)
    page = Swapped(client.get(at("settings/people/")))
    action = at(f"settings/invitations/{invitation.pk}/{act}/")
    page.apply(client.post(action, headers=HTMX), trigger=f'[hx-post="{action}"]')
    page.assert_same(client.get(at("settings/people/")))


def test_the_list_of_people_refreshed_by_a_signal(
    client: Client, at: Callable[..., str], admin: Membership, seller: Membership
) -> None:
    page = Swapped(client.get(at("settings/people/")))
    memberships.deactivate(seller, by=admin, successor=None)
    response = client.get(at("settings/people/"), headers=HTMX)
    page.apply(response, trigger="#people-listing")
    page.assert_same(client.get(at("settings/people/")))


def test_a_row_of_access(
    client: Client, at: Callable[..., str], admin: Membership, seller: Membership, other_seller: Membership
) -> None:
    with scope(admin.workspace):
        team = teams.create(by=admin, name="North", colour="teal", people=[])
    page = Swapped(client.get(at("settings/access/")))
    data = {"tools": ["workspaces.see_audit"], "grant:workspaces.supervise_team": [str(team.pk)]}
    response = client.post(at(f"settings/access/{seller.pk}/"), data, headers=HTMX)
    page.apply(response, trigger=f"#access-{seller.pk}")
    page.assert_same(client.get(at("settings/access/")))


def test_somebody_s_availability_follows_the_hours(
    client: Client, at: Callable[..., str], admin: Membership, seller: Membership
) -> None:
    page = Swapped(client.get(at("team/")))
    action = at(f"team/{seller.pk}/hours/")
    page.apply(client.post(action, {"follows": "1"}, headers=HTMX), trigger=f'[hx-post="{action}"]')
    page.assert_same(client.get(at("team/")))
    assert Membership.objects.get(pk=seller.pk).follows_hours


def test_my_availability(client: Client, at: Callable[..., str], admin: Membership) -> None:
    page = Swapped(client.get(at("settings/general/")))
    response = client.post(at("me/availability/"), {"availability": "away"}, headers=HTMX)
    page.apply(response, trigger="#availability")
    page.assert_same(client.get(at("settings/general/")))
    admin.refresh_from_db()
    assert admin.availability == Availability.AWAY


def test_my_availability_from_the_sheet_of_a_phone(
    client: Client, at: Callable[..., str], admin: Membership
) -> None:
    page = Swapped(client.get(at("settings/general/")))
    response = client.post(at("me/availability/"), {"availability": "away"}, headers=HTMX)
    page.apply(response, trigger="#availability-place")
    page.assert_same(client.get(at("settings/general/")))


def test_my_availability_set_elsewhere(client: Client, at: Callable[..., str], admin: Membership) -> None:
    page = Swapped(client.get(at("settings/general/")))
    memberships.set_availability(admin, by=admin, availability=Availability.AWAY)
    page.apply(client.get(at("me/availability/"), headers=HTMX), trigger="#availability-news")
    page.assert_same(client.get(at("settings/general/")))


def test_someone_elses_availability(client: Client, at: Callable[..., str], seller: Membership) -> None:
    page = Swapped(client.get(at("team/")))
    action = at(f"team/{seller.pk}/availability/")
    response = client.post(action, {"availability": "away"}, headers=HTMX)
    page.apply(response, trigger=f'[hx-post="{action}"]')
    page.assert_same(client.get(at("team/")))


def test_the_team_narrowed(
    client: Client, at: Callable[..., str], admin: Membership, seller: Membership, other_seller: Membership
) -> None:
    with scope(admin.workspace):
        team = teams.create(by=admin, name="North", colour="teal", people=[seller])
    page = Swapped(client.get(at("team/")))
    response = client.get(at(f"team/?team={team.pk}"), headers=HTMX)
    page.apply(response, trigger="form.filters")
    page.assert_same(client.get(at(f"team/?team={team.pk}")), ignore=["form.filters"])


def test_the_switcher_is_filled_when_it_opens(
    client: Client, at: Callable[..., str], admin: Membership
) -> None:
    page = Swapped(client.get(at()))
    response = client.get("/workspaces/", headers=HTMX)
    page.apply(response, trigger="#switcher-menu")
    assert page.tree.select_one(f'#switcher-menu a[href="{at()}"]') is not None
