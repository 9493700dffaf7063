"""The admin makes a field and puts it in order; two people fill it in on one lead, and see each other do it."""

import re

import pytest
from playwright.sync_api import expect

from crm.tenancy import scope
from directory import custom
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.directory import house
from workspaces.models import Membership, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_field_is_made_in_settings_and_filled_in_by_two(
    live_house: str, sign_in: SignIn, owner: Membership, seller: Membership, workspace: Workspace
) -> None:
    with scope(workspace):
        lead = house.lead(workspace, name="Marta Ruiz", assignee=seller)
        house.field("date", "Birthday")
    page = sign_in(owner, "settings/fields/")
    assert_clean(page)
    choices = page.get_by_label("Choices")
    expect(choices).to_be_hidden()
    page.get_by_label("Name").fill("Size")
    page.get_by_label("Kind").select_option("choices")
    choices.fill("S\nM\nL")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Choices")).to_be_visible()
    assert_clean(page)
    page.get_by_role("link", name="Delete L").click()
    assert_clean(page)
    page.get_by_role("link", name="Fields").first.click()
    page.get_by_role("link", name="Delete Size").click()
    expect(page.get_by_role("button", name="Delete for good")).to_be_disabled()
    assert_clean(page)
    page.get_by_role("link", name="Fields").first.click()
    handle = page.get_by_role("button", name="Move Size: arrow up and down")
    handle.focus()
    with page.expect_response("**/fields/order/"):
        handle.press("ArrowUp")
    with scope(workspace):
        assert [field.label for field in custom.fields()] == ["Size", "Birthday"]

    page.goto(page.url.replace("settings/fields/", f"leads/{lead.pk}/"))
    theirs = sign_in(seller, f"leads/{lead.pk}/")
    group = theirs.get_by_role("group", name="Size")
    for one in (page, theirs):
        expect(one.locator("body")).to_have_attribute("data-live-state", "open")
    page.get_by_role("group", name="Size").get_by_text("M", exact=True).click()
    expect(group.get_by_role("checkbox", name="M")).to_be_checked(timeout=20_000)
    theirs.get_by_label("Birthday").fill("1990-12-24")
    theirs.get_by_label("Birthday").blur()
    expect(page.get_by_label("Birthday")).to_have_value("1990-12-24", timeout=20_000)
    expect(page.get_by_text("changed Birthday")).to_be_visible()
    page.get_by_label("Time zone").fill("bogota")
    page.get_by_label("Time zone").blur()
    expect(theirs.locator("time[data-clock='America/Bogota']")).to_have_text(
        re.compile(r"\d\d:\d\d"), timeout=20_000
    )
    assert_clean(page)
