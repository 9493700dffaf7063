"""The lead's page, drawer and panel; what they show and to whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.tenancy import scope
from directory.actions import placements
from directory.models import Lead
from tests import cast
from tests.directory import house
from tests.swap import HTMX
from workspaces.models import Membership

FRAME = {
    "owner": 4,
    "seller": 7,
}  # of every page: session, person, membership, a seller's grants, the rail's badge
MOST = 8


def address(lead: Lead, name: str = "lead", **kwargs: object) -> str:
    with scope(lead.workspace_id):
        workspace_id = lead.workspace.public_id
    return reverse(f"directory:{name}", kwargs={"workspace_id": workspace_id, "pk": lead.pk, **kwargs})


@pytest.fixture
def marta(owner: Membership, seller: Membership) -> Lead:
    with scope(owner.workspace):
        lead = house.lead(
            owner.workspace,
            phone="+52 55 1234 5678",
            email="marta@ejemplo.mx",
            assignee=seller,
            tags=[house.tag(owner.workspace)],
        )
        placements.set_status(lead.pk, by=seller, status="urgent")
        return lead


def test_the_page_says_who_how_to_reach_them_and_what_happened(owner: Membership, marta: Lead) -> None:
    page = cast.signed_in(owner).get(address(marta)).content.decode()
    for words in (
        "Marta Ruiz",
        "+52 55 1234 5678",
        "marta@ejemplo.mx",
        "vip",
        "Sara Seller",
        "set the status",
    ):
        assert words in page, words


@pytest.mark.parametrize("person", ["owner", "seller"])
@pytest.mark.parametrize("name", ["lead", "lead_panel"])
def test_a_card_costs_few_queries(
    request: pytest.FixtureRequest, person: str, name: str, marta: Lead
) -> None:
    client = cast.signed_in(request.getfixturevalue(person))
    client.get(address(marta, name))
    with CaptureQueriesContext(connection) as asked:
        client.get(address(marta, name))
    assert len(asked) - FRAME[person] <= MOST, "\n".join(q["sql"][:300] for q in asked.captured_queries)


def test_the_drawer_is_the_page_without_its_frame(owner: Membership, marta: Lead) -> None:
    drawer = cast.signed_in(owner).get(address(marta), headers=HTMX).content.decode()
    assert "drawer-title" in drawer
    assert "<html" not in drawer
    assert f'id="drawer-lead-{marta.pk}-band"' in drawer
