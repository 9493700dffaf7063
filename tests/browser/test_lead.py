"""The lead: written where it stands, alone and by two people at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from crm.tenancy import scope
from directory.actions import placements, tags
from directory.models import Lead
from tests.browser.chromium import PHONE
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.directory import house as directory
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def marta(owner: Membership) -> Lead:
    workspace = owner.workspace
    with scope(workspace):
        directory.funnel(workspace)
        directory.reason(workspace)
        directory.tag(workspace, "vip")
        return directory.lead(workspace, phone="+52 55 1234 5678", by=owner)


def listening(page: Page) -> Page:
    expect(page.locator("body")).to_have_attribute("data-live-state", "open")
    return page


def test_everything_is_edited_where_it_stands(sign_in: SignIn, owner: Membership, marta: Lead) -> None:
    page = sign_in(owner, f"leads/{marta.pk}/")
    history = page.get_by_role("region", name="History")
    page.get_by_label("Name", exact=True).fill("Marta Ruiz Lara")
    page.keyboard.press("Enter")
    expect(page.locator(".lead-name")).to_have_text("Marta Ruiz Lara")
    expect(history).to_contain_text("Marta Ruiz Lara")

    more = page.get_by_label("Add a phone or e-mail")
    more.fill("marta@")
    more.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not an e-mail address")
    expect(more).to_have_value("marta@")
    more.fill("marta@ejemplo.mx")
    more.press("Tab")
    expect(page.get_by_role("list", name="Contact")).to_contain_text("marta@ejemplo.mx")
    expect(more).to_have_value("")

    tag = page.get_by_label("Add a tag")
    tag.fill("VIP")
    tag.press("Enter")
    expect(page.get_by_role("list", name="Tags")).to_contain_text("vip")

    page.get_by_role("button", name=re.compile("^Stage")).click()
    page.get_by_role("menuitemradio", name="Cierre").click()
    expect(page.get_by_role("button", name=re.compile("^Stage"))).to_contain_text("Mayoreo · Cierre")
    page.get_by_role("button", name=re.compile("^Assignee")).press("Enter")
    page.get_by_role("menuitemradio", name="Me").press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Assignee"))).to_contain_text("Olga Owner")

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Lost…").click()
    page.get_by_label("Precio").check()
    page.get_by_label("In your words").fill("Compró en otro lado")
    page.get_by_role("button", name="Lost").click()
    expect(page.locator(".lead-band")).to_contain_text("Lost: Precio")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(history).to_contain_text("Compró en otro lado")
    history.get_by_role("combobox").select_option("people")
    expect(history.locator(".timeline-row")).to_have_count(1)


def test_two_people_write_on_one_card(
    live_house: str, sign_in: SignIn, owner: Membership, admin: Membership, marta: Lead
) -> None:
    mine = listening(sign_in(owner, f"leads/{marta.pk}/"))
    theirs = listening(sign_in(admin, f"leads/{marta.pk}/"))
    notes = mine.get_by_role("textbox", name="Notes")
    notes.press_sequentially("Pide factu")

    theirs.get_by_role("button", name=re.compile("^Status")).click()
    theirs.get_by_role("menuitemradio", name="Urgent").click()
    expect(mine.get_by_role("button", name=re.compile("^Status"))).to_contain_text("Urgent", timeout=20_000)
    theirs.get_by_label("City").fill("Puebla")
    theirs.keyboard.press("Tab")
    expect(mine.get_by_label("City")).to_have_value("Puebla", timeout=20_000)
    theirs.get_by_role("textbox", name="Notes").fill("Ya pagó")
    theirs.keyboard.press("Tab")
    stale = mine.get_by_text("Somebody changed this while you were writing.").last
    expect(stale).to_be_visible(timeout=20_000)
    expect(notes).to_have_value("Pide factu")
    expect(notes).to_be_focused()
    notes.press_sequentially("ra")

    mine.keyboard.press("Tab")
    expect(mine.get_by_role("alert")).to_contain_text("Somebody changed this meanwhile")
    expect(notes).to_have_value("Pide factura")
    expect(theirs.get_by_role("textbox", name="Notes")).to_have_value("Ya pagó")
    notes.fill("Pide factura.")
    mine.keyboard.press("Tab")
    expect(theirs.get_by_role("textbox", name="Notes")).to_have_value("Pide factura.")


def test_a_lead_is_made_on_a_phone_and_its_double_is_shown(
    sign_in: SignIn, owner: Membership, marta: Lead
) -> None:
    page = sign_in(owner, f"leads/{marta.pk}/", viewport=PHONE, has_touch=True)
    page.get_by_role("button", name="New", exact=True).tap()
    page.get_by_role("menuitem", name="Lead").tap()
    dialog = page.get_by_role("dialog", name="New lead")
    dialog.get_by_label("Phone").fill("+52 1 55 1234 5678")
    dialog.get_by_role("button", name="Create").tap()
    expect(dialog.get_by_role("alert")).to_contain_text("Marta Ruiz")
    expect(dialog.get_by_label("Phone")).to_have_value("+52 1 55 1234 5678")
    dialog.get_by_role("button", name="Create anyway").tap()
    page.wait_for_url(re.compile(r"/leads/\d+/$"))
    expect(page.locator(".lead-name")).to_have_text("+52 1 55 1234 5678")


def test_from_the_card_to_the_chat_and_back_in_one_click(
    sign_in: SignIn, owner: Membership, marta: Lead
) -> None:
    page = sign_in(owner, f"leads/{marta.pk}/")
    page.get_by_role("link", name="Chat").click()
    page.wait_for_url(re.compile(rf"/conversations/{marta.pk}/"))
    page.get_by_role("link", name="Open the lead's page").click()
    page.wait_for_url(re.compile(rf"/leads/{marta.pk}/$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_lead(sign_in: SignIn, owner: Membership, marta: Lead, scheme: str) -> None:
    with scope(owner.workspace):
        placements.close(
            marta.pk, by=owner, outcome="lost", reason=directory.reason(owner.workspace, "Plazo")
        )
        tags.put_on(marta, directory.tag(owner.workspace, "mayoreo", "lime"), by=owner)
    page = sign_in(owner, f"leads/{marta.pk}/", color_scheme=scheme)
    assert_clean(page)
    page.get_by_role("button", name=re.compile("^Stage")).click()
    expect(page.get_by_role("menuitemradio", name="Cierre")).to_be_visible()
    assert_clean(page)
    page.keyboard.press("Escape")
    home = page.url.partition("/leads/")[0]
    page.goto(f"{home}/settings/tags/")
    assert_clean(page)
    page.evaluate(f"htmx.ajax('GET', '{home}/leads/{marta.pk}/', {{target: '#drawer'}})")
    expect(page.locator("#drawer .timeline-row").first).to_be_visible()
    assert_clean(page)
