"""Two people, two browsers: what one does, the other sees without a reload."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from workspaces.actions import memberships
from workspaces.models import Availability, Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_going_away_is_seen_by_an_admin_within_a_second(
    live_house: str, sign_in: SignIn, admin: Membership, seller: Membership
) -> None:
    theirs = sign_in(admin, "team/")
    mine = sign_in(seller)
    row = theirs.get_by_role("row").filter(has_text="Sara Seller")
    expect(row).to_contain_text("Active")
    expect(theirs.locator("body")).to_have_attribute("data-live-state", "open")

    mine.get_by_role("button", name=re.compile("Active")).click()
    began = time.monotonic()
    expect(row).to_contain_text("Away", timeout=3_000)
    assert time.monotonic() - began < 1.5
    seller.refresh_from_db()
    assert seller.availability == Availability.AWAY


def test_a_role_changed_elsewhere_changes_the_open_page(
    live_house: str, sign_in: SignIn, owner: Membership, admin: Membership
) -> None:
    theirs = sign_in(admin)
    rail = theirs.get_by_role("navigation", name="Main", exact=True)
    expect(rail.get_by_role("link", name="Team")).to_be_visible()
    expect(theirs.locator("body")).to_have_attribute("data-live-state", "open")
    mine = sign_in(owner, f"people/{admin.pk}/")
    mine.get_by_role("radio", name=re.compile("Seller")).check()
    mine.get_by_role("button", name="Save").click()
    expect(rail.get_by_role("link", name="Team")).to_have_count(0)


def test_who_is_deactivated_is_out_at_once_in_the_tab_that_is_open(
    live_house: str, sign_in: SignIn, admin: Membership, seller: Membership
) -> None:
    theirs = sign_in(seller)
    expect(theirs.locator("body")).to_have_attribute("data-live-state", "open")
    mine = sign_in(admin, f"people/{seller.pk}/deactivation/")
    mine.get_by_role("button", name="Deactivate").click()
    expect(mine.get_by_role("heading", name=re.compile("Deactivated"))).to_be_visible()
    expect(theirs.get_by_role("heading", level=1)).not_to_have_text("Home", timeout=5_000)
    assert theirs.request.get(theirs.url).status == 404


def test_a_list_that_is_open_shows_who_joins(
    live_house: str, sign_in: SignIn, admin: Membership, seller: Membership
) -> None:
    page = sign_in(admin, "settings/people/")
    expect(page.locator("body")).to_have_attribute("data-live-state", "open")
    memberships.deactivate(seller, by=admin, successor=None)
    expect(page.get_by_role("heading", name=re.compile("Deactivated"))).to_be_visible()
