"""The frame and its components, by keyboard and pointer; and what axe says of all of them."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOCUSED = "() => document.activeElement.textContent.trim()"


@pytest.fixture
def guide(settings, house: str, sign_in: SignIn, owner: Membership):
    """`guide(**options)`: the style guide in a new browser."""
    settings.DEMO = True

    def open_guide(**options: object) -> Page:
        page = sign_in(owner, **options)
        page.goto(f"{house}/styleguide/")
        return page

    return open_guide


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_any_component(guide, viewport: dict[str, int], scheme: str) -> None:
    page = guide(viewport=viewport, color_scheme=scheme)
    expect(page.get_by_role("heading", name="Facts and progress")).to_be_attached()
    assert_clean(page)
    outside = page.evaluate(
        """() => [...document.querySelectorAll("main *:not(.table-wrap[tabindex] *, .progress *)")]
            .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
            .map((element) => element.outerHTML.slice(0, 99))"""
    )
    assert outside == []


def test_a_dialog_takes_the_focus_and_gives_it_back(guide) -> None:
    page = guide()
    opener = page.get_by_role("main").get_by_role("button", name="Dialog")
    opener.click()
    dialog = page.get_by_role("dialog", name="Invite people")
    expect(dialog.get_by_label("E-mail")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_what_was_written_in_a_dialog_is_not_lost_by_a_slip(guide) -> None:
    page = guide()
    page.get_by_role("main").get_by_role("button", name="Dialog").click()
    page.keyboard.type("ana")
    page.once("dialog", lambda question: question.dismiss())
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Invite people").get_by_label("E-mail")).to_have_value("ana")


def test_a_menu_is_walked_by_arrows_and_letters(guide) -> None:
    page = guide()
    page.get_by_role("main").get_by_role("button", name="Sort").click()
    expect(page.get_by_role("menuitemradio", name="Last message")).to_be_focused()
    for key, there in (
        ("ArrowDown", "Waiting longest"),
        ("End", "Delete"),
        ("ArrowDown", "Last message"),
        ("r", "Rename"),
    ):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED).startswith(there)
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "Sort"


def test_what_cannot_be_undone_waits_for_its_word(guide) -> None:
    page = guide()
    page.get_by_role("main").get_by_role("button", name="Typed").click()
    delete = page.get_by_role("button", name="Delete for ever")
    expect(delete).to_be_disabled()
    page.get_by_label("To confirm, type").fill("Tienda Río")
    expect(delete).to_be_enabled()


def test_rows_are_chosen_and_counted(guide) -> None:
    page = guide()
    page.get_by_label("Select all").check()
    expect(page.locator("[data-selection-bar]")).to_contain_text("7 selected")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("[data-selection-bar]")).to_be_hidden()


def test_a_toast_says_words_never_markup(guide) -> None:
    page = guide()
    said = {"text": "<b>Moved</b>", "level": "success"}
    page.evaluate(
        "(detail) => document.body.dispatchEvent(new CustomEvent('toast', {detail, bubbles: true}))", said
    )
    expect(page.locator("#toasts .toast-text")).to_have_text("<b>Moved</b>")


def test_the_palette_goes_where_its_words_say(sign_in: SignIn, owner: Membership) -> None:
    page = sign_in(owner)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("hours")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Business hours")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/hours/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("group", name="Recent").get_by_role("option")).to_have_text(["Business hours"])


def test_g_and_a_letter_go_but_not_while_typing(sign_in: SignIn, owner: Membership) -> None:
    page = sign_in(owner, "settings/general/")
    page.get_by_label("Name", exact=True).press("g")
    page.keyboard.press("h")
    assert page.url.endswith("/settings/general/")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(f"**/w/{owner.workspace.public_id}/")


def test_the_theme_and_the_language_are_kept(sign_in: SignIn, owner: Membership) -> None:
    page = sign_in(owner)
    page.get_by_role("button", name="You: Olga Owner").click()
    with page.expect_response("**/profile/theme/"):
        page.get_by_role("menuitemradio", name="Dark").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="You: Olga Owner").click()
    page.get_by_role("menuitemradio", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")


def test_a_failed_request_is_one_toast_with_what_to_do(sign_in: SignIn, owner: Membership) -> None:
    page = sign_in(owner)
    page.evaluate("() => { console.error = () => {} }")  # htmx says it there, too
    page.route("**/palette/**", lambda route: route.fulfill(status=503, body=""))
    page.keyboard.press("Control+k")
    expect(page.locator("#toasts .toast")).to_have_text(
        "We cannot reach our data right now. Nothing was saved; try again in a minute."
    )


def test_on_a_phone_the_person_is_behind_more(sign_in: SignIn, owner: Membership) -> None:
    page = sign_in(owner, viewport=PHONE, has_touch=True)
    page.get_by_role("button", name="More").tap()
    page.get_by_role("dialog", name="More").get_by_role("button", name="Olga Owner").tap()
    expect(page.get_by_role("menuitem", name="Log out")).to_be_in_viewport()
