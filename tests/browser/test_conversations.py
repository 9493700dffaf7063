"""Conversations as one works with them all day: read, answered, live; by keyboard and on a phone."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crm.tenancy import scope
from directory.models import Lead
from inbox.actions import reading
from inbox.models import Channel, Message, Template
from tests.browser.chromium import PHONE
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.inbox.conversations import talks
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Talk = Callable[..., Lead]


@pytest.fixture
def channel(owner: Membership) -> Channel:
    with scope(owner.workspace):
        made = talks.number(owner.workspace)
        body = [{"type": "BODY", "text": "Hola {{1}}, ¿seguimos?"}]
        Template.objects.create(
            channel=made, external_id="1", name="seguimos", language="es", status="APPROVED", components=body
        )
    return made


@pytest.fixture
def talk(owner: Membership, channel: Channel) -> Talk:
    def make(*said: str, **options: Any) -> Lead:
        with scope(owner.workspace):
            return talks.talk(owner.workspace, channel, *said, **options)

    return make


@pytest.fixture
def write(owner: Membership) -> Callable[[Lead, str], None]:
    """The customer writes."""

    def say(lead: Lead, text: str) -> None:
        with scope(owner.workspace):
            talks.say(lead, text)

    return say


def rows(page: Page) -> Any:
    return page.locator(".talk")


def live(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-live-state", "open")


def test_what_they_write_appears_and_is_answered_live(
    live_house: str, sign_in: SignIn, owner: Membership, talk: Talk, write: Callable[[Lead, str], None]
) -> None:
    marta = talk("Hola", name="Marta Ruiz")
    talk("Buenas", name="José Luis")
    page = sign_in(owner, "conversations/")
    live(page)
    expect(rows(page).first).to_contain_text("José Luis")
    write(marta, "¿Tienen en talla M?")
    expect(rows(page).first).to_contain_text("¿Tienen en talla M?")

    rows(page).first.click()
    expect(page).to_have_url(re.compile(f"conversations/{marta.pk}/"))
    thread = page.get_by_role("log")
    expect(thread).to_contain_text("New")
    expect(rows(page).first.locator(".count")).to_have_count(0)

    page.keyboard.press("r")
    page.keyboard.type("Sí, en azul")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("y en negro")
    for _time in range(2):
        page.keyboard.press("Enter")
    mine = thread.locator(".is-ours")
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text("Sí, en azul\ny en negro")
    expect(mine).not_to_have_class(re.compile("is-sending"))
    expect(rows(page).first).not_to_have_class(re.compile("needs-reply"))
    with scope(owner.workspace):
        assert Message.objects.filter(direction="out").count() == 1

    write(marta, "Gracias")
    expect(thread.locator(".is-theirs").last).to_contain_text("Gracias")
    with page.expect_response(re.compile("/draft/")):
        page.keyboard.type("Mañ")
    page.reload()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Mañ")
    assert_clean(page)


def test_nothing_jumps_while_one_reads_further_up(
    live_house: str, sign_in: SignIn, owner: Membership, talk: Talk, write: Callable[[Lead, str], None]
) -> None:
    lead = talk(*[f"mensaje {place}" for place in range(90)])
    with scope(owner.workspace):
        reading.mark_read(lead, by=owner, up_to=2**40)
    page = sign_in(owner, f"conversations/{lead.pk}/")
    live(page)
    thread = page.get_by_role("log")
    expect(thread.get_by_text("mensaje 89", exact=True)).to_be_in_viewport()
    expect(thread.get_by_text("mensaje 3", exact=True)).to_have_count(0)
    thread.evaluate("node => (node.scrollTop = 500)")
    expect(thread.get_by_text("mensaje 3", exact=True)).to_have_count(1)
    thread.evaluate("node => new Promise((done) => { node.scrollTop = 1200; setTimeout(done, 100) })")
    above = """node => { const top = node.getBoundingClientRect().top;
        const all = [...node.querySelectorAll("[data-message]")];
        const seen = all.find((one) => one.getBoundingClientRect().bottom > top);
        return [seen.id, Math.round(seen.getBoundingClientRect().top)] }"""
    before = thread.evaluate(above)
    write(lead, "otra cosa")
    pill = page.get_by_role("button", name=re.compile("1 new"))
    expect(pill).to_be_visible()
    assert thread.evaluate(above) == before
    pill.click()
    expect(thread.get_by_text("otra cosa")).to_be_in_viewport()
    expect(pill).to_be_hidden()
    # All of it is still in order, each once.
    shown = thread.locator("[data-message]").evaluate_all(
        "all => all.map((one) => Number(one.dataset.message))"
    )
    assert shown == sorted(set(shown))


def test_a_closed_window_asks_for_a_template(
    house: str, sign_in: SignIn, owner: Membership, talk: Talk
) -> None:
    lead = talk("¿Siguen ahí?", window=-timedelta(hours=2))
    page = sign_in(owner, f"conversations/{lead.pk}/")
    expect(page.locator("#composer")).to_contain_text("after 24 h. Choose a template.")
    page.get_by_role("button", name=re.compile("seguimos")).click()
    page.get_by_label("Value 1").fill("Ana")
    expect(page.get_by_label("What it will say")).to_contain_text("Hola Ana, ¿seguimos?")
    page.locator("[data-template-form]").get_by_role("button", name="Send").click()
    sent = page.get_by_role("log").locator(".is-ours")
    expect(sent).to_contain_text("Hola Ana, ¿seguimos?")
    expect(sent).not_to_have_class(re.compile("is-sending"))
    with scope(owner.workspace):
        assert Message.objects.get(direction="out").data["template"]["name"] == "seguimos"


def test_keys_walk_the_list_and_a_phone_shows_one_page_at_a_time(
    house: str, sign_in: SignIn, owner: Membership, talk: Talk
) -> None:
    talk("Hola", name="Second")
    talk("Hola", name="First")
    page = sign_in(owner, "conversations/")
    for key, name in (("j", "First"), ("j", "Second"), ("k", "First")):
        page.keyboard.press(key)
        assert name in page.evaluate("() => document.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Conversation with First")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Take the star away")).to_be_visible()

    phone = sign_in(owner, "conversations/", viewport=PHONE, has_touch=True, color_scheme="dark")
    rows(phone).filter(has_text="Second").tap()
    expect(phone.get_by_role("log")).to_be_in_viewport()
    expect(rows(phone).first).to_be_hidden()
    assert_clean(phone)
    phone.get_by_role("link", name="Back to the list").tap()
    expect(rows(phone).first).to_be_visible()
