"""Tabs that floors above add: there for whom they are, fetched when they are opened."""

from collections.abc import Iterator

import pytest

from crm.tenancy import scope
from directory import tabs
from directory.tabs import Tab
from tests import cast
from tests.directory import house
from tests.directory.test_pages import address
from workspaces.models import Membership


@pytest.fixture
def orders() -> Iterator[Tab]:
    tab = Tab(
        "orders",
        "Orders",
        "directory/tag_options.htmx.html",
        lambda request, lead: {"tags": [{"name": f"of {lead.name}"}]},
        allowed=lambda membership, lead: not membership.is_seller,
    )
    yield tabs.register(tab)
    tabs.tabs.unregister("orders")


def test_a_tab_is_fetched_when_it_is_opened(owner: Membership, seller: Membership, orders: Tab) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace, assignee=seller)
    page = cast.signed_in(owner).get(address(lead)).content.decode()
    action = address(lead, "lead_tab", key="orders")
    assert f'hx-get="{action}?in=page" hx-trigger="tab:open once"' in page
    assert "of Marta Ruiz" not in page
    assert "of Marta Ruiz" in cast.signed_in(owner).get(action).content.decode()
    client = cast.signed_in(seller)
    assert "Orders" not in client.get(address(lead)).content.decode()
    assert client.get(action).status_code == 404
