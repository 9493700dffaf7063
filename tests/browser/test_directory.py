"""The directory as a person works with it: narrowed, kept as a segment, chosen from, and following what others do."""

import re
from typing import Any

import pytest
from playwright.sync_api import Request, expect

from crm.tenancy import scope
from directory.actions import placements
from directory.listing import foot, page
from directory.models import Lead
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.directory import house
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def leads(owner: Membership, monkeypatch: pytest.MonkeyPatch) -> list[Lead]:
    """Six, five to a page; the even ones are urgent."""
    monkeypatch.setattr(page, "PAGE", 5)
    with scope(owner.workspace):
        return [
            house.lead(owner.workspace, name=f"Lead {place}", status="neutral" if place % 2 else "urgent")
            for place in range(6)
        ]


@pytest.fixture
def sends() -> Any:
    entry = foot.register(foot.Foot("test", "Act on them", "tag", "directory:segment_new"))
    yield entry
    foot._foot.unregister(entry.key)


def test_leads_are_narrowed_kept_chosen_and_followed(
    live_house: str, sign_in: SignIn, owner: Membership, leads: list[Lead], sends: Any
) -> None:
    seen = sign_in(owner, "directory/")
    expect(seen.locator("body")).to_have_attribute("data-live-state", "open")
    expect(seen.locator("[data-lead]")).to_have_count(5)
    expect(seen.locator("#directory-count")).to_have_text("6 leads")

    # Chosen by range, also from a row that was drawn anew since, then all that match: what is sent says so.
    seen.get_by_role("checkbox", name="Choose Lead 5").check()
    seen.locator("[data-lead]").first.evaluate("row => row.replaceWith(row.cloneNode(true))")
    seen.get_by_role("checkbox", name="Choose Lead 3").click(modifiers=["Shift"])
    bar = seen.locator("[data-chosen-bar]")
    expect(bar).to_contain_text("3 chosen")
    with seen.expect_request("**/directory/segments/new/") as one_by_one:
        bar.get_by_role("button", name="Act on them").click()
    assert posted(one_by_one.value).count("lead=") == 3
    seen.locator("#dialog").get_by_role("button", name="Cancel").click()
    bar.get_by_role("button", name="Choose the 6 that match").click()
    expect(bar).to_contain_text("6 chosen, all that match")
    with seen.expect_request("**/directory/segments/new/") as every:
        bar.get_by_role("button", name="Act on them").click()
    assert "all=1" in posted(every.value)
    assert "lead=" not in posted(every.value)
    seen.locator("#dialog").get_by_role("button", name="Cancel").click()
    seen.keyboard.press("Escape")
    expect(bar).to_be_hidden()

    # Narrowed by the dialog; it stands in the address, and is kept under a name.
    seen.keyboard.press("f")
    seen.get_by_role("menuitem", name="Status", exact=True).click()
    dialog = seen.locator("#dialog")
    dialog.get_by_role("checkbox", name="Urgent").check()
    assert_clean(seen)
    dialog.get_by_role("button", name="Apply").click()
    expect(seen.locator("[data-lead]")).to_have_count(3)
    assert seen.url.endswith("?f=status:urgent")
    seen.get_by_role("button", name="Save as a segment").click()
    expect(dialog).to_be_visible()
    assert_clean(seen)
    dialog.get_by_label("Name").fill("Hurry")
    dialog.get_by_role("button", name="Save").click()
    expect(seen.get_by_role("link", name="Hurry")).to_have_attribute("aria-current", "page")
    assert_clean(seen)

    # A group in it, from the keyboard: what is added has the focus.
    seen.get_by_role("button", name=re.compile("^Status:")).click()
    expect(dialog.get_by_role("button", name="Add a group")).to_be_visible()
    expect(seen.locator(".htmx-added, .htmx-settling")).to_have_count(0)  # keys are heard from then on
    dialog.get_by_role("button", name="Add a group").press("Enter")
    field = dialog.locator(".filter-group select").nth(1)
    expect(field).to_be_focused()
    field.select_option(label="Starred")
    dialog.get_by_role("group", name="Group").get_by_role("checkbox", name="Yes").check()
    assert_clean(seen)
    dialog.get_by_role("button", name="Apply").click()
    expect(seen).to_have_url(re.compile(r"f=status:urgent\+or\+starred:yes$"))
    seen.get_by_role("link", name="Hurry").click()

    # Segments and columns in another order.
    seen.get_by_role("button", name="Change segments").click()
    expect(dialog.get_by_role("button", name="Move Hurry: arrow up and down")).to_be_visible()
    assert_clean(seen)
    seen.keyboard.press("Escape")
    seen.get_by_role("button", name="Columns").click()
    dialog.get_by_role("button", name="Move Phone: arrow up and down").press("ArrowDown")
    assert_clean(seen)
    dialog.get_by_role("button", name="Save").click()
    expect(seen.locator("th[data-column]")).to_have_text(["Origin", "Phone", "Last activity"])

    # What others do is seen in its place.
    with scope(owner.workspace):
        placements.set_status(leads[0].pk, by=owner, status="done")
    expect(seen.locator(f"#lead-{leads[0].pk}")).to_contain_class("is-gone")

    # Searched as one types, opened by the keyboard.
    seen.get_by_role("link", name="All leads").click()
    expect(seen.locator("[data-lead]")).to_have_count(5)
    seen.keyboard.press("/")
    seen.keyboard.type("lead 4")
    expect(seen.locator("[data-lead]")).to_have_count(1)
    seen.keyboard.press("Tab")
    seen.locator(".directory-name").focus()
    seen.keyboard.press("Enter")
    expect(seen.locator("#drawer")).to_contain_text("Lead 4")


def posted(request: Request) -> str:
    return request.post_data or ""
