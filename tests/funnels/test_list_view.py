"""The board as one table: the same leads in the same order, page after page, for whoever sees them."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from funnels.board import page
from tests import cast
from tests.funnels.board import Stand, stand
from tests.swap import HTMX, Swapped
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db
NAME = re.compile(r'class="list-name"[^>]*>([^<]*)<')


@pytest.fixture
def board(workspace: Workspace) -> Stand:
    return stand(workspace)


def names(response: Any) -> list[str]:
    return NAME.findall(response.content.decode())


def test_all_columns_stand_in_one_order_page_after_page(
    owner: Membership, board: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "LISTED", 4)
    places = [None, board.first, board.second]
    for number in range(10):
        board.lead(f"Lead {number}", places[number % 3])
    client = cast.signed_in(owner)
    for query in ("view=list", "view=list&sort=created", "view=list&sort=waiting", "view=list&sort=manual"):
        address = f"{board.at}?{query}"
        first = client.get(address)
        shown, found = Swapped(first), names(first)
        assert len(found) == 4
        while more := shown.tree.select_one(".list-more"):
            answer = client.get(more["hx-get"], headers=HTMX)
            shown.apply(answer, trigger=".list-more")
            found += names(answer)
        assert sorted(found) == sorted(f"Lead {number}" for number in range(10))
        if "manual" not in query:
            assert found == [f"Lead {number}" for number in reversed(range(10))]
    assert client.get(f"{board.at}?view=list&after=x").status_code == 404


def test_filters_and_sight_hold_and_it_costs_what_the_board_costs(
    owner: Membership, seller: Membership, board: Stand
) -> None:
    board.lead("Nora", board.first, status="urgent", value=1200)
    board.lead("Marta", board.second)
    client = cast.signed_in(owner)
    urgent = client.get(f"{board.at}?view=list&status=urgent")
    assert names(urgent) == ["Nora"]
    assert "MX$1,200" in urgent.content.decode()
    assert "view=list" in str(Swapped(urgent).tree.select_one(".chip-clear")["href"])
    assert "No lead fits" in client.get(f"{board.at}?view=list&status=stuck").content.decode()
    assert cast.signed_in(seller).get(f"{board.at}?view=list").status_code == 404
    client.get(f"{board.at}?view=list")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"{board.at}?view=list")
    read = [one["sql"] for one in asked.captured_queries if one["sql"].lstrip("( \n").startswith("SELECT")]
    assert len(read) <= 4 + 6, [sql[:90] for sql in read]
