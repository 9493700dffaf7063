"""One person gives another a lead: the bell of the other, in a tab in front and in one that nobody looks at."""

import json
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.feed import reading
from crm.tenancy import scope
from directory.models import Lead, Notification
from tests.browser.chromium import PHONE
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.directory import house as directory
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE = 30.0  # seconds: other tests' transactions on the cluster hold the feed's readers back


@pytest.fixture
def marta(owner: Membership) -> Lead:
    reading.run("notifications")  # begins here: what it reads is what is written from now on
    with scope(owner.workspace):
        return directory.lead(owner.workspace, by=owner)


def consume(person: Membership, wanted: int) -> None:
    """What the worker does, until the person has been told."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        reading.run("notifications")
        with scope(person.workspace):
            if Notification.objects.filter(membership=person).count() == wanted:
                return
        time.sleep(0.1)
    raise AssertionError("the consumer told nothing")


def assign(page: Page, to: str) -> None:
    page.get_by_role("button", name=re.compile("^Assignee")).click()
    page.get_by_role("menuitemradio", name=to).click()
    expect(page.get_by_role("button", name=re.compile("^Assignee"))).to_contain_text(to)


def test_the_bell_counts_up_in_every_tab_and_leads_to_the_thread(
    live_house: str, sign_in: SignIn, owner: Membership, seller: Membership, marta: Lead
) -> None:
    theirs = sign_in(seller)
    expect(theirs.locator("body")).to_have_attribute("data-live-state", "open")
    expect(theirs).to_have_title("Home · Cauce")
    theirs.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")

    mine = sign_in(owner, f"leads/{marta.pk}/")
    assign(mine, "Sara Seller")
    consume(seller, 1)
    expect(theirs).to_have_title("(1) Home · Cauce")

    theirs.get_by_role("button", name="Notifications").click()
    drawer = theirs.get_by_role("dialog", name="Notifications")
    link = drawer.get_by_role("link", name=re.compile("Olga Owner assigned Marta Ruiz to you"))
    expect(link).to_be_visible()
    assert_clean(theirs)
    link.click()
    expect(theirs).to_have_url(re.compile(rf"/conversations/{marta.pk}/$"))
    expect(theirs).to_have_title(re.compile(r"^[^(]"))
    with scope(owner.workspace):
        assert Notification.objects.get().seen_at is not None


def test_a_browser_that_was_allowed_shows_what_is_pushed_and_the_settings_say_what_it_can(
    house: str, sign_in: SignIn, contexts: Callable, seller: Membership
) -> None:
    page = sign_in(seller, "me/notifications/", viewport=PHONE)
    expect(page.get_by_role("button", name="Allow notifications")).to_be_visible()
    assert_clean(page)
    page.get_by_role("checkbox", name="A new lead that nobody has: Browser").check()
    page.get_by_role("radio", name="Every hour").check(force=True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="A new lead that nobody has: Browser")).to_be_checked()

    page.context.grant_permissions(["notifications"], origin=house)
    page.evaluate(
        "navigator.serviceWorker.register('/service-worker.js').then(() => navigator.serviceWorker.ready)"
    )
    devtools = page.context.new_cdp_session(page)
    registered: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registered.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    said = {"title": "Marta te escribió", "text": "Ventas", "href": "/w/x/", "tag": "lead-5"}
    page.goto("about:blank")
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": house, "registrationId": registered[0], "data": json.dumps(said)},
    )
    page.goto(f"{house}/w/{seller.workspace.public_id}/me/notifications/")
    shown = """navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
        .then((all) => all.map(({ title, body, tag, data }) => ({ title, text: body, tag, href: data.href })))"""
    expect(page.get_by_role("heading", name="This browser")).to_be_visible()
    assert page.evaluate(shown) == [said]
