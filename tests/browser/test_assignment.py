"""The admin turns assignment on and asks why; the seller sees what came to them."""

import pytest
from playwright.sync_api import expect

from crm.tenancy import scope
from inbox.models import AssignmentRule
from tests.browser.chromium import PHONE
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.inbox import house as inbox
from tests.inbox.assignment import house
from workspaces.models import Membership, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_rule_is_tried_and_saved_and_says_why(
    sign_in: SignIn, owner: Membership, workspace: Workspace
) -> None:
    channel = inbox.channel(workspace)
    _ana, beto = house.sellers(workspace, owner, 2, channel)
    house.write(channel)
    page = sign_in(owner, "settings/assignment/")
    assert_clean(page)
    page.get_by_role("link", name="Inbox", exact=True).click()
    page.get_by_role("radio", name="By turns").check()
    page.get_by_role("spinbutton", name=f"{beto.user.name}: Turns").fill("3")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("table", name="Shares").get_by_role("row", name=beto.user.name)).to_contain_text(
        "1"
    )
    assert_clean(page)
    page.get_by_role("checkbox", name="Hand out now").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 lead that waited is being handed out.")).to_be_visible()
    with scope(workspace):
        assert AssignmentRule.objects.get().seats.get().weight == 3
    assert house.hand_out(workspace) == 1

    page.reload()
    page.get_by_role("link", name="Why?").click()
    dialog = page.get_by_role("dialog", name="Why it went so")
    expect(dialog.get_by_text("It was their turn")).to_be_visible()
    expect(dialog.get_by_role("listitem").first).to_contain_text(beto.user.name)
    assert_clean(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    theirs = sign_in(beto, "conversations/", viewport=PHONE, has_touch=True)
    expect(theirs.locator(".talk-name").first).to_be_visible()
