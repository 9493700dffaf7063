"""The admin's journey: invite, grant, group, see; and the way in of who was invited."""

import re

import pytest
from playwright.sync_api import expect

from crm.mail.models import Message
from crm.tenancy import scope
from tests.browser.chromium import PHONE
from tests.browser.conftest import SignIn
from tests.cast import PASSWORD
from workspaces.models import Membership, Role, Team

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_invited_by_mail_joined_and_granted(house: str, sign_in: SignIn, contexts, owner: Membership) -> None:
    page = sign_in(owner, "settings/people/")
    page.get_by_role("button", name="Invite").click()
    page.get_by_label("E-mail").fill("nina@example.com")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("cell", name="nina@example.com")).to_be_visible()

    newcomer = contexts().new_page()
    newcomer.goto(house + link_in_mail_to("nina@example.com"))
    newcomer.get_by_role("button", name=re.compile("Create an account|Crear", re.I)).click()
    newcomer.get_by_label(re.compile("^(Your name|Tu nombre)$")).fill("Nina Nueva")
    newcomer.get_by_label(re.compile("^(Password|Contraseña)$")).fill("una frase larga y segura")
    newcomer.get_by_role("button", name=re.compile("Create account|Crear cuenta")).click()
    newcomer.wait_for_url(re.compile(r"/w/|/invitations/"))
    if "/invitations/" in newcomer.url:
        newcomer.locator("main button[type=submit]").first.click()
        newcomer.wait_for_url(re.compile(r"/w/"))
    nina = Membership.objects.get(user__email="nina@example.com")
    assert nina.role == Role.SELLER

    page.goto(f"{house}/w/{owner.workspace.public_id}/settings/access/")
    box = page.get_by_role("checkbox", name="Nina Nueva: Team list")
    with page.expect_response(re.compile(r"/settings/access/\d+/")):
        box.focus()
        page.keyboard.press("Space")
    nina.refresh_from_db()
    assert nina.tools == ["workspaces.see_people"]


def test_a_team_is_made_on_a_phone(sign_in: SignIn, admin: Membership, seller: Membership) -> None:
    page = sign_in(admin, "settings/teams/", viewport=PHONE, has_touch=True)
    page.get_by_role("link", name="New team").first.tap()
    page.get_by_label("Name").fill("Menudeo 🌮")
    page.get_by_role("checkbox", name="Sara Seller").check()
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("link", name="Menudeo 🌮")).to_be_visible()
    with scope(admin.workspace):
        assert [seat.membership_id for seat in Team.objects.get().team_members.all()] == [seller.pk]


def test_business_hours_take_a_second_stretch(sign_in: SignIn, admin: Membership) -> None:
    page = sign_in(admin, "settings/hours/")
    page.get_by_role("button", name="Add hours on Saturday").click()
    page.get_by_label("Saturday: opens").fill("10:00")
    page.get_by_label("Saturday: closes").fill("09:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Saturday: close after you open")
    page.get_by_label("Saturday: closes").fill("14:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Saturday: closes")).to_have_value("14:00")


def test_the_palette_finds_pages_and_people_by_keyboard(
    sign_in: SignIn, admin: Membership, seller: Membership
) -> None:
    page = sign_in(admin)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("sara")
    expect(page.get_by_role("option", name=re.compile("Sara Seller"))).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/people/{seller.pk}/"))


def test_a_workspace_is_deleted_only_by_its_name_and_can_be_kept(
    house: str, sign_in: SignIn, owner: Membership
) -> None:
    page = sign_in(owner, "settings/ownership/")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)  # an open session is not enough
    page.get_by_role("button", name="Confirm").click()
    button = page.get_by_role("button", name="Delete the workspace")
    form = page.locator("form", has=button)
    form.get_by_role("textbox").fill("Ventas MX")
    button.click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("link", name=re.compile("Ventas MX"))).to_be_visible()


def link_in_mail_to(address: str) -> str:
    """The path of the link in the newest mail to the address."""
    message = Message.objects.filter(recipients__contains=[address]).latest("id")
    text = message.parsed.get_body(("plain",)).get_content()
    found = re.search(r"https?://[^/\s]+(/invitations/\S+)", text)
    assert found, text
    return found.group(1)
