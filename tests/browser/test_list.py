"""The list of conversations as a supervisor works with it: narrowed, kept as a view, acted on several at once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from crm.tenancy import scope
from directory.actions import tags
from directory.models import Lead, Tag
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.directory import house
from tests.inbox.conversations import talks
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def leads(owner: Membership) -> list[Lead]:
    """Six who wait; the last four are of the fair."""
    with scope(owner.workspace):
        channel, fair = talks.number(owner.workspace), house.tag(owner.workspace, "feria")
        made = [talks.talk(owner.workspace, channel, "Hola", name=f"Lead {place}") for place in range(6)]
        for lead in made[2:]:
            tags.put_on(lead, fair, by=owner)
    return made


def test_a_list_is_narrowed_kept_and_acted_on_and_others_follow(
    live_house: str,
    sign_in: SignIn,
    owner: Membership,
    admin: Membership,
    leads: list[Lead],
    contexts: Callable[..., Any],
) -> None:
    other = sign_in(admin, "conversations/")
    page = sign_in(owner, "conversations/")
    for one in (page, other):
        expect(one.locator("body")).to_have_attribute("data-live-state", "open")
        expect(one.locator(".talk")).to_have_count(6)

    # Narrowed by keyboard; it stands in the address.
    page.keyboard.press("f")
    page.get_by_role("menuitem", name="Tag", exact=True).click()
    page.get_by_role("menuitemcheckbox", name="feria").click()
    expect(page.locator(".talk")).to_have_count(4)
    expect(page).to_have_url(re.compile(r"\?tag=\d+$"))
    assert_clean(page)

    # Kept for everybody: the other one finds it without loading anything.
    page.locator("#talks-chips").get_by_role("button", name="Save as a view").click()
    dialog = page.get_by_role("dialog", name="Save as a view")
    dialog.get_by_label("Name").fill("De la feria")
    dialog.get_by_label("For everybody in the workspace").check()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="De la feria")).to_have_attribute("aria-current", "page")
    expect(other.get_by_role("link", name="De la feria")).to_be_visible()

    # Three of them, with x and with Shift; the key archives what is chosen.
    page.locator(".talk-link").first.focus()
    page.keyboard.press("x")
    page.get_by_label("Choose Lead 3").click(modifiers=["Shift"], force=True)
    bar = page.get_by_role("toolbar", name="Actions for the chosen conversations")
    expect(bar.locator("[data-chosen-count]")).to_have_text("3")
    assert_clean(page)
    page.keyboard.press("e")
    expect(page.get_by_text("3 archived.")).to_be_visible()
    expect(page.locator(".talk")).to_have_count(1)
    expect(bar).to_have_count(0)
    expect(other.locator(".talk")).to_have_count(3)

    # And back again.
    page.get_by_role("button", name="Undo").click()
    expect(other.locator(".talk")).to_have_count(6)
    expect(page.locator(".talk")).to_have_count(4)

    page.get_by_role("link", name="Take away the filter Tag").click()
    expect(page.locator(".talk")).to_have_count(6)
    with scope(owner.workspace):
        assert Tag.objects.get().lead_tags.count() == 4
