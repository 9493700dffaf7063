"""Duplicates as one works them off: by keyboard, one pair after the other; a merge seen by who has the thread open."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from crm.tenancy import scope
from directory.models import DuplicatePair, Lead
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.directory import house
from tests.inbox.conversations import talks
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def leads(owner: Membership) -> list[Lead]:
    """Marta twice, who wrote from two numbers; and two who are not the same."""
    with scope(owner.workspace):
        channel = talks.number(owner.workspace)
        martas = [talks.talk(owner.workspace, channel, text, name=name) for text, name in _SAID]
        others = [house.lead(owner.workspace, name=name) for name in ("Luz Mar", "Luz M")]
        for (one, other), reasons, score in ((martas, ["phone"], 90), (others, ["name"], 40)):
            DuplicatePair.objects.create(first=one, second=other, reasons=reasons, score=score)
    return [*martas, *others]


_SAID = (("from the first", "Marta Ruiz"), ("from the second", "Marta R"))


def test_pairs_are_worked_off_by_keyboard_and_an_open_thread_goes_along(
    live_house: str, sign_in: SignIn, owner: Membership, admin: Membership, leads: list[Lead]
) -> None:
    kept, gone, *_others = leads
    other = sign_in(admin, f"conversations/{gone.pk}/")
    expect(other.locator("body")).to_have_attribute("data-live-state", "open")
    page = sign_in(owner, "duplicates/")
    queue = page.locator("#duplicates")
    expect(queue.get_by_role("status")).to_have_text("2 pairs")
    assert_clean(page)

    page.keyboard.press("m")
    dialog: Any = page.get_by_role("dialog", name="Merge two leads")
    dialog.get_by_role("radio", name="Marta R", exact=True).check()
    assert_clean(page)
    dialog.get_by_role("button", name="Merge").click()
    expect(queue.get_by_role("status")).to_have_text("1 pair")
    expect(queue).to_contain_text("Luz Mar")

    # Who had the merged one open is where both are one.
    expect(other).to_have_url(re.compile(f"/{kept.pk}/"))
    for text, _name in _SAID:
        expect(other.locator("[data-entries]")).to_contain_text(text)

    page.get_by_role("button", name="Undo").click()
    expect(queue.get_by_role("status")).to_have_text("2 pairs")
    page.keyboard.press("l")
    expect(queue).to_contain_text("Luz Mar")
    page.keyboard.press("n")
    expect(queue.get_by_role("status")).to_have_text("1 pair")
