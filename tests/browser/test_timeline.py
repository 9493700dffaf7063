"""A lead's timeline: a busy day opens, a message leads to its place in the thread, a pin is seen by everybody."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm.tenancy import scope
from directory.actions import leads, placements
from directory.models import Event, Lead
from inbox.actions import notes
from inbox.models import Message, Note
from tests.browser.chromium import PHONE
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.directory import house as directory
from tests.inbox.conversations import talks
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def marta(owner: Membership, seller: Membership) -> Lead:
    now = timezone.now()
    with scope(owner.workspace):
        directory.funnel(owner.workspace)
        lead = talks.talk(owner.workspace, talks.number(owner.workspace), assignee=seller)
        Event.objects.update(created_at=now - timedelta(days=5))
        talks.say(lead, "¿Hay talla M en azul?", at=now - timedelta(hours=2))
        talks.say(lead, ">Sí, quedan dos.", at=now - timedelta(hours=1), author=seller)
        placements.set_status(lead.pk, by=owner, status="urgent")
        leads.edit(lead, by=owner, notes="Compra para su tienda.\nPaga a 30 días.")
        notes.write(lead, by=owner, text="Pide factura con cada compra; la razón social está en su correo.")
    return lead


def busy_day(lead: Lead, seller: Membership) -> None:
    """One day of the workspace's, whatever the hour is now."""
    noon = timezone.localtime(timezone=ZoneInfo(seller.workspace.time_zone)).replace(hour=12) - timedelta(
        days=4
    )
    for number in range(60):
        text = f"{'>' if number % 3 else ''}Mensaje {number} de la compra"
        talks.say(lead, text, at=noon + timedelta(minutes=number), author=seller)


def test_a_pin_is_seen_beside_the_thread_and_by_others(
    sign_in: SignIn, owner: Membership, seller: Membership, marta: Lead, live_house: str
) -> None:
    other = sign_in(seller, f"leads/{marta.pk}/")
    expect(other.locator("body")).to_have_attribute("data-live-state", "open")
    page = sign_in(owner, f"conversations/{marta.pk}/")
    pinned = page.get_by_role("region", name="Pinned notes")
    expect(page.get_by_role("region", name="Latest")).to_be_visible()
    expect(pinned).to_be_hidden()
    note = page.locator(".thread .note")
    note.hover()
    note.get_by_role("button", name="Pin the note").click()
    expect(pinned).to_contain_text("Pide factura")
    expect(other.get_by_role("region", name="Pinned notes")).to_contain_text("Pide factura")
    page.get_by_role("button", name="Undo").click()
    expect(pinned).to_be_hidden()
    expect(note.get_by_role("button", name="Pin the note")).to_be_attached()
    expect(other.get_by_role("region", name="Pinned notes")).to_be_hidden()


def test_a_busy_day_opens_and_a_message_leads_to_its_place(
    sign_in: SignIn, owner: Membership, seller: Membership, marta: Lead
) -> None:
    with scope(owner.workspace):
        busy_day(marta, seller)
        notes.pin(Note.objects.get(), by=owner)
        first = Message.objects.oldest_first().first()
    page = sign_in(owner, f"leads/{marta.pk}/")
    history = page.get_by_role("region", name="History")
    history.get_by_text("60 messages").click()
    expect(history.get_by_text("Mensaje 0 de la compra")).to_be_attached()
    assert_clean(page)
    history.get_by_label("Show").select_option("messages")
    expect(history).not_to_contain_text("set the status")
    history.get_by_role("link", name="Mensaje 0 de la compra").click()
    expect(page.locator(f"#m{first.pk}")).to_be_in_viewport()


def test_on_a_phone_it_stands_below(sign_in: SignIn, owner: Membership, marta: Lead) -> None:
    with scope(owner.workspace):
        notes.pin(Note.objects.get(), by=owner)
    page = sign_in(owner, f"leads/{marta.pk}/", viewport=PHONE)
    expect(page.get_by_role("region", name="Pinned notes")).to_contain_text("Pide factura")
    assert_clean(page)
