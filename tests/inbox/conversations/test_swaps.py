"""Each htmx act leaves the page that a reload would show."""

from collections.abc import Callable

import pytest
from django.test import Client

from crm.tenancy import scope
from directory.actions import placements
from directory.models import Lead
from tests import cast
from tests.inbox.conversations import talks
from tests.swap import HTMX, Swapped
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


@pytest.fixture
def lead(workspace: Workspace) -> Lead:
    with scope(workspace):
        channel = talks.number(workspace)
        talks.talk(workspace, channel, "Hola", name="Ana", assignee=None)
        return talks.talk(workspace, channel, "Hola", ">Sí", "Va", name="Eva")


@pytest.fixture
def at(workspace: Workspace) -> Callable[..., str]:
    return lambda rest="": f"/w/{workspace.public_id}/conversations/{rest}"


def test_a_conversation_opened_from_the_list(client: Client, at: Callable[..., str], lead: Lead) -> None:
    page = Swapped(client.get(at()))
    page.apply(client.get(at(f"{lead.pk}/"), headers=HTMX), trigger=f"#talk-{lead.pk} a")
    page.tree.select_one("[data-desk]")["data-at"] = "thread"  # the browser's: which page a phone shows
    fresh = client.get(at(f"{lead.pk}/"))
    page.assert_same(fresh, ignore=("#talks", ".rail", ".phone-bar", "[data-desk] > template"))


def test_the_head_when_the_lead_has_changed(
    client: Client, at: Callable[..., str], lead: Lead, owner: Membership
) -> None:
    page = Swapped(client.get(at(f"{lead.pk}/")))
    with scope(owner.workspace):
        placements.assign(lead.pk, by=owner, to=owner)
        placements.star(lead.pk, by=owner, starred=True)
    page.apply(client.get(at(f"{lead.pk}/head/"), headers=HTMX), trigger="#open-head")
    page.assert_same(client.get(at(f"{lead.pk}/")), ignore=(".rail", ".phone-bar", "#talks", ".thread"))


@pytest.mark.parametrize("rest", ["?tab=unassigned", "?tab=mine", "?q=ana"])
def test_another_tab_or_a_search(client: Client, at: Callable[..., str], lead: Lead, rest: str) -> None:
    page = Swapped(client.get(at()))
    trigger = ".talks-search" if "q=" in rest else f'.talks-tab[href$="{rest}"]'
    page.apply(client.get(at(rest), headers=HTMX), trigger=trigger)
    page.assert_same(client.get(at(rest)), ignore=("#conversation",))


def test_the_counts_of_the_tabs(client: Client, at: Callable[..., str], lead: Lead) -> None:
    page = Swapped(client.get(at()))
    page.apply(client.get(at("counts/"), headers=HTMX), trigger="#talks-tabs")
    assert page.tree.select_one("#talks-tabs .tab-count").get_text() == "2"
