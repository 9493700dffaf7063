"""Writing first: a new conversation with somebody who has only a phone, over the simulator of WhatsApp."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from crm.tenancy import scope
from directory.models import Lead
from inbox.channels.whatsapp.actions import templates
from inbox.channels.whatsapp.connection import client_of
from inbox.models import Channel, Identity
from inbox.simulator.whatsapp import Handle, defaults
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.directory import house as leads
from tests.inbox import simulated
from tests.inbox.conftest import nudges  # noqa: F401 (a fixture)
from tests.inbox.simulated import turn
from workspaces.models import Membership, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = "5215512345678"


@pytest.fixture
def simulator(live_server, settings, nudges, workspace: Workspace) -> Iterator[Handle]:  # noqa: F811
    """With our number and its templates, as a workspace has them that is connected."""
    with simulated.whatsapp(live_server.url, settings, workspace) as running:
        running.add_template(name="saludo", body="Hola {{1}}, ¿seguimos?", example=["Marta"])
        with scope(workspace):
            number = Channel.objects.get()
            templates.replace(number, client_of(number).templates(defaults.WABA_ID))
        yield running


def test_a_lead_with_a_phone_is_written_to_and_answers_in_the_same_thread(
    simulator: Handle, workspace: Workspace, owner: Membership, sign_in: SignIn
) -> None:
    with scope(workspace):
        lead = leads.lead(workspace, name="Marta Ruiz", phone=f"+{PHONE}")
    page = sign_in(owner, "conversations/")
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("searchbox", name="Find a lead").fill("mart")
    page.get_by_role("link", name="Marta Ruiz").click()
    page.wait_for_url(f"**/conversations/{lead.pk}/")
    assert_clean(page)
    _write(page, "Marta")
    expect(page.get_by_role("log")).to_contain_text("Hola Marta, ¿seguimos?")
    expect(page.get_by_text("Until they answer, WhatsApp takes only templates.")).to_be_visible()
    turn(simulator)
    [taken] = simulator.sent
    assert simulator.world.customers[taken.customer_id].phone == PHONE
    customer = simulator.world.customers[taken.customer_id]
    simulator.provider.phone(customer).text("Sí, claro")
    turn(simulator)
    page.reload()
    expect(page.get_by_role("log")).to_contain_text("Sí, claro")
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_be_visible()
    with scope(workspace):
        assert (Lead.objects.count(), Identity.objects.count()) == (1, 1)


def test_a_number_without_whatsapp_is_told_to_who_wrote(
    simulator: Handle, workspace: Workspace, owner: Membership, sign_in: SignIn
) -> None:
    simulator.customer("Nora", phone=PHONE, on_whatsapp=False)
    with scope(workspace):
        lead = leads.lead(workspace, name="Nora", phone=f"+{PHONE}")
    page = sign_in(owner, f"leads/{lead.pk}/")
    page.get_by_role("link", name="Write to +52").click()
    page.wait_for_url(f"**/conversations/{lead.pk}/?point=*")
    _write(page, "Nora")
    expect(page.get_by_role("log")).to_contain_text("Hola Nora")
    turn(simulator)
    page.reload()
    expect(page.get_by_role("log")).to_contain_text("the number has no WhatsApp")


def _write(page: Page, name: str) -> None:
    page.get_by_role("button", name="saludo").click()
    page.get_by_role("textbox", name="Value 1").fill(name)
    expect(page.locator("[data-preview-text]")).to_have_text(f"Hola {name}, ¿seguimos?")
    page.locator("[data-template-form]").get_by_role("button", name="Send").click()
    expect(page.get_by_role("combobox", name="From")).to_have_count(0)  # it has begun
