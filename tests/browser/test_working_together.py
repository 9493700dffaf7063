"""Two people at one conversation, in two browsers: a note that names the other, who writes, and who answers first."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.tenancy import scope
from directory.models import Lead, Placement
from inbox.models import Message, Note
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.inbox.conversations import talks
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def talk(owner: Membership) -> Callable[[str], Lead]:
    with scope(owner.workspace):
        channel = talks.number(owner.workspace)

    def make(name: str) -> Lead:
        with scope(owner.workspace):
            return talks.talk(owner.workspace, channel, "¿Hay talla M?", name=name)

    return make


def opened(page: Page) -> Page:
    expect(page.locator("body")).to_have_attribute("data-live-state", "open")
    return page


def test_a_note_is_seen_and_two_do_not_answer_at_once(
    live_house: str, sign_in: SignIn, owner: Membership, admin: Membership, talk: Callable[[str], Lead]
) -> None:
    lead = talk("Marta Ruiz")
    olga = opened(sign_in(owner, f"conversations/{lead.pk}/"))
    ana = opened(sign_in(admin, f"conversations/{lead.pk}/"))
    expect(olga.locator(".open-beside")).to_contain_text("Ana Admin is looking")

    olga.keyboard.press("n")
    note = olga.get_by_role("textbox", name="Internal note")
    expect(note).to_be_focused()
    olga.keyboard.type("Pide factura @ana")
    expect(olga.get_by_role("option", name="Ana Admin")).to_have_attribute("aria-selected", "true")
    expect(ana.locator(".open-beside")).to_contain_text("Olga Owner is writing a note…")
    olga.keyboard.press("Enter")
    with olga.expect_response(re.compile("/draft/")):
        olga.keyboard.type("hoy")
    olga.reload()
    olga.keyboard.press("n")
    expect(note).to_have_value("Pide factura @Ana Admin hoy")
    olga.keyboard.press("Enter")
    expect(olga.locator(".note .mention")).to_have_text("@Ana Admin")
    expect(note).to_have_value("")
    expect(ana.locator(".note .mention.is-me")).to_have_text("@Ana Admin")
    assert_clean(olga)
    with scope(owner.workspace):
        assert Note.objects.get().text == f"Pide factura @[{admin.pk}] hoy"

    opened(olga)
    ana.keyboard.press("r")
    ana.keyboard.type("Sí, en azul")
    expect(olga.locator(".open-beside")).to_contain_text("Ana Admin is writing…")
    olga.keyboard.press("Escape")
    olga.keyboard.press("r")
    olga.keyboard.type("Claro que hay")
    ana.keyboard.press("Enter")
    anyway = ana.get_by_role("button", name="Send anyway")  # asked where it was known by then that both write
    expect(anyway.or_(ana.locator(".said.is-ours:not(.is-sending)"))).to_be_visible()
    if anyway.is_visible():
        anyway.click()
    expect(olga.locator(".said.is-ours")).to_contain_text("Sí, en azul")
    olga.keyboard.press("Enter")
    asked = olga.get_by_role("alertdialog")
    expect(asked).to_contain_text("Ana Admin answered")
    expect(asked).to_contain_text("Sí, en azul")
    asked.get_by_role("button", name="Go on writing").click()
    expect(olga.get_by_role("textbox", name="Message")).to_have_value("Claro que hay")
    olga.keyboard.press("Enter")
    expect(olga.locator(".said.is-ours:not(.is-sending)")).to_have_count(2)
    with scope(owner.workspace):
        assert list(
            Message.objects.filter(direction="out").order_by("id").values_list("text", flat=True)
        ) == [
            "Sí, en azul",
            "Claro que hay",
        ]
    ana.goto("about:blank")
    expect(olga.locator(".beside")).to_have_count(0)


def test_keys_do_to_the_row_one_has_walked_to_what_they_do_to_the_open_conversation(
    live_house: str, sign_in: SignIn, owner: Membership, admin: Membership, talk: Callable[[str], Lead]
) -> None:
    first, second = talk("Ana Uno"), talk("Eva Dos")
    page = opened(sign_in(owner, f"conversations/{second.pk}/"))
    link = page.locator(f"#talk-{first.pk} a")

    def at(lead: Lead) -> Placement:
        with scope(owner.workspace):
            return Placement.objects.get(pk=lead.pk)

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(link).to_be_focused()
    page.keyboard.press("s")
    expect(page.locator("[data-conversation]")).to_have_attribute("data-conversation", str(first.pk))
    expect(page.get_by_role("button", name="Take the star away").first).to_be_visible()
    assert (at(first).is_starred, at(second).is_starred) == (True, False)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("[data-conversation]")).to_have_attribute("data-conversation", str(second.pk))

    page.keyboard.press("a")
    page.get_by_role("menuitemradio", name="Me").click()
    expect(page.locator(".thread-line").last).to_contain_text("Olga Owner assigned Olga Owner")
    page.keyboard.press("m")
    expect(page.get_by_role("menu", name="Move")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page.get_by_role("combobox", name="Add a tag")).to_be_focused()
    page.keyboard.type("sne?")
    expect(page.get_by_role("combobox", name="Add a tag")).to_have_value("sne?")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("rae?")
    expect(page.get_by_role("textbox", name="Internal note")).to_have_value("rae?")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    page.keyboard.press("Escape")
    with page.expect_response(re.compile("/reading/")) as marked:
        page.keyboard.press("u")
    assert marked.value.request.method == "DELETE"
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator(".thread").focus()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name=re.compile("hortcuts"))
    for words in ("Next conversation", "Answer", "Write a note", "Assign", "Archive", "Search in the list"):
        expect(sheet).to_contain_text(words)
    page.keyboard.press("Escape")
    with page.expect_response(re.compile("/stretch/")):
        page.keyboard.press("e")
    expect(page.get_by_role("button", name="Take out of the archive").first).to_be_visible()
    assert at(second).is_archived
