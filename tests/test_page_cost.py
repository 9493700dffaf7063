"""What the frame costs every page: queries, and calls of Python functions, which do not depend on the machine."""

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.tenancy import scope
from tests import cast
from workspaces.actions import memberships, teams
from workspaces.models import Membership

MOST_CALLS = 3_500  # of Python functions, some hundreds of the test client's own among them


@pytest.fixture(autouse=True)
def _with_an_empty_page(settings: Any) -> None:
    settings.ROOT_URLCONF = "bench.page.urls"


@pytest.fixture
def granted(owner: Membership, seller: Membership) -> Membership:
    """The seller, with a team granted and a tool."""
    with scope(owner.workspace):
        team = teams.create(by=owner, name="Mayoreo", colour="teal", people=[])
    memberships.change_access(
        seller,
        by=owner,
        tools_held=["workspaces.see_audit"],
        switches={},
        granted={"workspaces.supervise_team": {team.pk}},
    )
    return seller


def warm_client(membership: Membership) -> Callable[[], Any]:
    """A visit to the empty page, by one who has been there."""
    client = cast.signed_in(membership)
    path = f"/w/{membership.workspace.public_id}/empty/"
    assert client.get(path).status_code == 200
    return lambda: client.get(path)


@pytest.mark.parametrize(("person", "queries"), [("owner", 4), ("seller", 5), ("granted", 5)])
def test_a_page_asks_for_session_person_membership_a_sellers_grants_and_what_waits(
    request: pytest.FixtureRequest, person: str, queries: int
) -> None:
    visit = warm_client(request.getfixturevalue(person))
    with CaptureQueriesContext(connection) as asked:
        visit()
    assert len(asked) == queries, asked.captured_queries


@pytest.mark.parametrize("person", ["owner", "seller", "granted"])
def test_the_frame_is_not_drawn_anew_for_each_page(request: pytest.FixtureRequest, person: str) -> None:
    visit = warm_client(request.getfixturevalue(person))
    # The least of three: once a minute a page's token is signed anew.
    assert min(calls_of(visit) for _ in range(3)) <= MOST_CALLS


def calls_of(act: Callable[[], Any]) -> int:
    """How many Python functions ran, but for those that the collector of garbage calls: what is freed is others'."""
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    gc.collect()
    gc.disable()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
        gc.enable()
    return calls


def test_two_people_in_one_process_see_their_own_frame(owner: Membership, seller: Membership) -> None:
    pages = [warm_client(person)().content.decode() for person in (owner, seller, owner)]
    assert "Olga Owner" in pages[0]
    assert "Sara Seller" not in pages[0]
    assert "Sara Seller" in pages[1]
    assert "Olga Owner" not in pages[1]
    assert "Olga Owner" in pages[2]
    assert "Sara Seller" not in pages[2]


def test_a_changed_name_availability_and_role_show_at_once(admin: Membership) -> None:
    Membership.objects.filter(pk=admin.pk).update(availability="away")
    visit = warm_client(admin)
    before = visit().content.decode()
    admin.user.name = "Anita Nueva"
    admin.user.save()
    Membership.objects.filter(pk=admin.pk).update(availability="active", role="seller")
    after = visit().content.decode()
    assert "Anita Nueva" in after
    assert "Ana Admin" not in after
    assert "rail-availability is-away" in before
    assert "rail-availability is-active" in after
    team = f'href="{reverse("workspaces:presence", kwargs={"workspace_id": admin.workspace.public_id})}"'
    assert (team in before, team in after) == (True, False)
