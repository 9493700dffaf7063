"""A customer on a shop's own site, and who answers them, each with a browser."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from crm.tenancy import scope
from directory.models import Lead
from inbox.channels.webchat.actions import widgets
from inbox.channels.webchat.widget import Widget
from inbox.models import Channel, Message
from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.looks import assert_clean
from tests.inbox import house as inbox
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Site(ThreadingHTTPServer):
    """A shop on another origin: one page, with a strict policy of its own and the script tag."""

    def __init__(self, house: str) -> None:
        self.page = b""
        self.house = house
        super().__init__(("127.0.0.1", 0), Answer)
        self.origin = f"http://127.0.0.1:{self.server_port}"

    def put(self, channel: Channel) -> None:
        script = f"{self.house}/chat/{channel.external_id}/widget.js"
        tag = f'<script src="{script}" async></script>'
        self.page = f'<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>{tag}'.encode()


class Answer(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        policy = f"default-src 'none'; script-src {self.server.house}; frame-src {self.server.house}"
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(self.server.page if self.path == "/" else b"")

    def log_message(self, *arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def site(live_house: str) -> Iterator[Site]:
    server = Site(live_house)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def channel(owner: Membership, site: Site) -> Channel:
    with scope(owner.workspace):
        made = widgets.connect(by=owner)
        widgets.change(
            made,
            by=owner,
            name="Site",
            widget=Widget(team="Casa Cauce", origins=(site.origin,), ask=("name",)),
        )
    site.put(made)
    return made


def opened(page: Page, site: Site):
    page.goto(site.origin)
    page.get_by_role("button", name="Open the chat").click()
    return page.frame_locator("iframe")


def reply(agent: Page, text: str) -> None:
    agent.get_by_role("textbox", name="Message", exact=True).fill(text)
    agent.keyboard.press("Enter")
    expect(agent.locator(".thread").get_by_text(text)).to_be_visible()
    expect(agent.locator(".thread .is-sending")).to_have_count(0)
    inbox.work_off()


def test_a_customer_writes_on_the_shops_site_and_is_answered_live(site, channel, owner, contexts, sign_in):
    visitor = contexts().new_page()
    chat = opened(visitor, site)
    chat.get_by_label("Your name").fill("Marta")
    chat.get_by_role("button", name="Start the chat").click()
    chat.get_by_label("Your message").fill("Do you have it in M?")
    chat.get_by_label("Your message").press("Enter")
    expect(chat.get_by_role("img", name="Sent", exact=True)).to_be_visible()

    with scope(owner.workspace):
        lead = Lead.objects.get(name="Marta")
    agent = sign_in(owner, f"conversations/{lead.pk}/")
    expect(agent.locator(".thread").get_by_text("Do you have it in M?")).to_be_visible()
    reply(agent, "Yes, in blue.")
    expect(chat.get_by_text("Yes, in blue.")).to_be_visible()
    expect(chat.get_by_text("Olga")).to_be_visible()
    expect(chat.get_by_role("img", name="Seen")).to_be_visible()

    visitor.get_by_role("button", name="Close the chat", exact=True).first.click()
    reply(agent, "Anything else?")
    expect(visitor.get_by_role("button", name="Open the chat (1 unread)")).to_be_visible()
    visitor.reload()
    visitor.get_by_role("button", name="Open the chat (1 unread)").click()
    expect(visitor.frame_locator("iframe").get_by_text("Anything else?")).to_be_visible()


def test_a_site_that_is_not_allowed_shows_nothing(site, channel, contexts, owner):
    with scope(owner.workspace):
        widgets.change(channel, by=owner, name="Site", widget=Widget(origins=("https://shop.example",)))
    said = []
    page = contexts().new_page()
    page.on("console", lambda message: said.append(message.text))
    page.goto(site.origin)
    page.wait_for_load_state("networkidle")
    assert page.locator("#cauce-chat").count() == 0
    assert any("not among the allowed origins" in text for text in said)
    with scope(owner.workspace):
        assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"]
)
def test_axe_finds_nothing_in_the_chat_or_its_settings(
    live_house, channel, contexts, sign_in, owner, viewport, scheme
):
    page = contexts(viewport=viewport, color_scheme=scheme).new_page()
    page.goto(f"{live_house}/chat/{channel.external_id}/?lang=en")
    expect(page.get_by_label("Your name")).to_be_visible()
    assert_clean(page, iframes=False)
    page.get_by_label("Your name").fill("Marta")
    page.get_by_label("Your name").press("Enter")
    page.get_by_label("Your message").fill("x" * 4_001)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="at most 4000")).to_be_visible()
    page.get_by_label("Your message").fill("See https://shop.example/shirts")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("img", name="Sent", exact=True)).to_be_visible()
    page.get_by_role("button", name="Emoji", exact=True).click()
    page.keyboard.press("ArrowRight")
    assert_clean(page, iframes=False)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_have_value("😂")

    settings = sign_in(
        owner, f"settings/channels/webchat/{channel.pk}/", viewport=viewport, color_scheme=scheme
    )
    expect(settings.frame_locator("iframe").get_by_role("heading", name="Casa Cauce")).to_be_visible()
    assert_clean(settings, iframes=False)
    settings.get_by_label("Who answers").fill("Another name")
    expect(settings.frame_locator("iframe").get_by_role("heading", name="Another name")).to_be_visible()
