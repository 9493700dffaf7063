"""A passkey, really made and really used: Chromium with a virtual authenticator."""

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.cast import PASSWORD
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def base_url(house: str) -> str:
    """By name: browsers know no passkeys of 127.0.0.1."""
    assert house.startswith("http://localhost:")
    return house


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="en")
    yield context.new_page()
    context.close()


@pytest.fixture
def device(page: Page) -> tuple[CDPSession, str]:
    """A device with a finger on it, and its handle for what it should do next."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session, made["authenticatorId"]


def test_a_passkey_is_made_opens_the_account_and_is_removed(
    page: Page, base_url: str, owner: Membership, device: tuple[CDPSession, str]
) -> None:
    log_in(page, base_url, owner)
    page.goto(f"{base_url}/profile/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("My finger")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Save them now")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have saved them").click()
    expect(page.get_by_text("My finger")).to_be_visible()

    log_out(page)
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(re.compile(r"/w/"))
    assert Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).last_used_at is not None

    page.goto(f"{base_url}/profile/security/")
    page.get_by_role("button", name="Actions for My finger").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.wait_for_url(re.compile(r"/confirm/|/name/"))
    if "/confirm/" in page.url:
        page.get_by_role("link", name="Use a passkey").click()
        page.get_by_role("button", name="Use a passkey").click()
    page.get_by_label("Name").fill("My thumb")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Actions for My thumb").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_after_the_password_the_passkey_is_the_second_step_and_refusing_says_what_to_do(
    page: Page, base_url: str, owner: Membership, device: tuple[CDPSession, str]
) -> None:
    session, authenticator = device
    log_in(page, base_url, owner)
    page.goto(f"{base_url}/profile/security/passkeys/new/")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Save them now")).to_be_visible()

    log_out(page)
    log_in(page, base_url, owner, leads_to=r"/login/second-step/")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The device did not confirm.")).to_be_visible()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile(r"/w/"))


def log_in(page: Page, base_url: str, person: Membership, leads_to: str = r"/w/") -> None:
    page.goto(f"{base_url}/login/")
    page.get_by_role("textbox", name="E-mail").fill(person.user.email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(re.compile(leads_to))


def log_out(page: Page) -> None:
    page.goto(page.url.partition("/profile")[0] + "/logout/")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(re.compile(r"/login/"))
