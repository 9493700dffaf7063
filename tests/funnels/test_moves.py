"""Moving cards, and the other acts on them: what they leave behind, what they answer, and what takes them back."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.tenancy import scope
from directory.models import Event, Lead, Placement
from funnels.actions import funnels, moves, rehousing, stages
from funnels.models import Stage
from tests.directory import house
from tests.funnels.board import Looking, Stand, stand
from tests.swap import HTMX
from workspaces.errors import Refused
from workspaces.models import Membership, Workspace


@pytest.fixture
def board(workspace: Workspace) -> Stand:
    return stand(workspace)


def toast(response: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(response.headers["HX-Trigger"])["toast"]
    return said


def verbs(board: Stand, lead: Lead) -> list[str]:
    with scope(board.workspace):
        return list(Event.objects.filter(lead=lead).order_by("pk").values_list("verb", flat=True))


def move(board: Stand, lead: Lead, by: Membership, stage: Stage | None, **where: Any) -> moves.Moved:
    with scope(board.workspace):
        stage = Stage.objects.with_funnel().get(pk=stage.pk) if stage else None
        return moves.move(lead.pk, by=by, stage=stage, **where)


def test_a_moved_card_is_on_top_and_the_page_is_as_if_loaded_afresh(owner: Membership, board: Stand) -> None:
    nora, marta = board.lead("Nora"), board.lead("Marta", board.second)
    looking = Looking(owner, board)
    response = looking.act("moves", lead=nora.pk, stage=board.second.pk)
    assert toast(response)["text"] == "Nora is in Cierre."
    looking.assert_same()
    assert (looking.count(None), looking.count(board.second)) == ("0", "2")
    assert board.order(board.second) == ["Nora", "Marta"]
    with scope(board.workspace):
        event = Event.objects.get(lead=nora, verb="lead.moved")
        assert event.changes == {"stage_id": [None, board.second.pk]}
        assert event.actor == owner
    assert verbs(board, marta) == ["lead.created"]


def test_a_move_names_its_neighbours(owner: Membership, board: Stand) -> None:
    names = "abcd"
    leads = {name: board.lead(name, board.first) for name in reversed(names)}
    assert board.order(board.first) == list(names)
    looking = Looking(owner, board, "sort=manual")
    looking.act("moves", lead=leads["d"].pk, stage=board.first.pk, after=leads["a"].pk, before=leads["b"].pk)
    assert board.order(board.first) == ["a", "d", "b", "c"]
    looking.assert_same()
    looking.act("moves", lead=leads["a"].pk, stage=board.first.pk, after=leads["c"].pk)
    assert board.order(board.first) == ["d", "b", "c", "a"]
    looking.act("moves", lead=leads["c"].pk, stage=board.first.pk, before=leads["d"].pk)
    assert board.order(board.first) == ["c", "d", "b", "a"]
    looking.assert_same()


def test_a_neighbour_that_went_elsewhere_or_changed_sides_is_no_obstacle(
    owner: Membership, board: Stand
) -> None:
    a, b, c, d = [board.lead(name, board.first) for name in "dcba"][::-1]
    move(board, b, owner, board.second)
    move(board, d, owner, board.first, after=a.pk, before=b.pk)  # b is gone
    assert board.order(board.first) == ["a", "d", "c"]
    move(board, a, owner, board.first, after=c.pk, before=d.pk)  # c was below d all the time
    assert board.order(board.first) == ["d", "c", "a"]


def test_thousands_of_moves_into_one_gap_keep_the_order(owner: Membership, board: Stand) -> None:
    a, b, c = [board.lead(name, board.first) for name in "cba"][::-1]
    for _turn in range(30):
        move(board, b, owner, board.first, after=a.pk, before=c.pk)
        move(board, c, owner, board.first, after=a.pk, before=b.pk)
    assert board.order(board.first) == ["a", "c", "b"]


def test_several_at_once_keep_their_order_and_are_taken_back_together(
    owner: Membership, board: Stand
) -> None:
    leads = [board.lead(name, board.first) for name in "cba"][::-1]
    before = board.order(board.first)
    looking = Looking(owner, board)
    response = looking.act("moves", lead=[one.pk for one in leads], stage=board.second.pk)
    assert board.order(board.second) == ["a", "b", "c"]
    looking.assert_same()
    undo = toast(response)["action"]["href"]
    response = looking.client.post(undo, headers={**HTMX, "HX-Current-URL": f"http://testserver{board.at}"})
    looking.take(response)
    looking.assert_same()
    assert board.order(board.first) == before


def test_what_changed_since_is_not_taken_back(owner: Membership, admin: Membership, board: Stand) -> None:
    nora = board.lead("Nora")
    looking = Looking(owner, board)
    undo = toast(looking.act("moves", lead=nora.pk, stage=board.first.pk))["action"]["href"]
    move(board, nora, admin, board.second)
    response = looking.client.post(undo, headers=HTMX)
    assert toast(response)["level"] == "warning"
    assert board.stage_of(nora) == board.second.pk


def test_only_who_did_it_takes_it_back(
    owner: Membership, admin: Membership, board: Stand, client_of: Callable
) -> None:
    nora = board.lead("Nora")
    undo = toast(Looking(owner, board).act("moves", lead=nora.pk, stage=board.first.pk))["action"]["href"]
    assert client_of(admin).post(undo, headers=HTMX).status_code == 404
    assert client_of(owner).post(undo[:-3], headers=HTMX).status_code == 400
    assert board.stage_of(nora) == board.first.pk


ACTS = [
    ("statuses", {"status": "urgent"}),
    ("assignments", {"assignee": 0}),
    ("archivals", {"archived": 1}),
    ("closures", {"outcome": "won"}),
    ("closures", {"outcome": "lost", "words": "Demasiado lejos"}),
]


@pytest.mark.parametrize(("name", "data"), ACTS)
def test_each_act_leaves_the_page_that_a_reload_shows_and_can_be_undone(
    owner: Membership, seller: Membership, board: Stand, name: str, data: dict[str, Any]
) -> None:
    nora = board.lead("Nora", board.first, assignee=seller)
    board.lead("Marta", board.first)
    looking = Looking(owner, board)
    response = looking.act(name, lead=nora.pk, **data)
    looking.assert_same()
    assert len(verbs(board, nora)) == 2
    again = looking.act(name, lead=nora.pk, **data)  # a double click
    assert "action" not in toast(again) or again.status_code == 422
    assert len(verbs(board, nora)) == 2
    undo = looking.client.post(
        toast(response)["action"]["href"], headers={**HTMX, "HX-Current-URL": looking.address}
    )
    looking.take(undo)
    looking.assert_same()
    assert looking.names(board.first) == ["Marta", "Nora"]


def test_a_lost_lead_keeps_why(owner: Membership, board: Stand) -> None:
    with scope(board.workspace):
        reason = house.reason(board.workspace)
    nora = board.lead("Nora", board.first)
    looking = Looking(owner, board)
    asked = looking.client.get(f"{board.at}closures/?outcome=lost&lead={nora.pk}", headers=HTMX)
    assert "Precio" in asked.content.decode()
    looking.act("closures", lead=nora.pk, outcome="lost", reason=reason.pk, words="Muy caro")
    with scope(board.workspace):
        assert house.placement_of(nora).close_reason == reason
        assert Event.objects.get(lead=nora, verb="lead.lost").facts == {"words": "Muy caro"}


def test_what_another_did_meanwhile_is_answered_clearly(owner: Membership, board: Stand) -> None:
    nora = board.lead("Nora", board.first)
    looking = Looking(owner, board)
    with scope(board.workspace):
        house.place(nora, is_archived=True)
    response = looking.act("moves", lead=nora.pk, stage=board.second.pk)
    assert (response.status_code, toast(response)["level"]) == (422, "error")
    assert "archived meanwhile" in toast(response)["text"]
    with scope(board.workspace):
        house.place(nora, is_archived=False)
        Stage.objects.filter(pk=board.second.pk).update(leaving_since=timezone.now())
    response = looking.act("moves", lead=nora.pk, stage=board.second.pk)
    assert (response.status_code, "being deleted" in toast(response)["text"]) == (422, True)


@pytest.mark.parametrize(("name", "data"), [("moves", {"stage": 0}), *ACTS])
def test_what_is_anothers_is_not_there(
    owner: Membership, outsider: Membership, board: Stand, name: str, data: dict[str, Any]
) -> None:
    theirs = stand(outsider.workspace)
    lead, nora = theirs.lead("Theirs", theirs.first), board.lead("Nora")
    looking = Looking(owner, board)
    assert looking.act(name, lead=lead.pk, **data).status_code == 404
    assert looking.act("moves", lead=nora.pk, stage=theirs.first.pk).status_code == 404
    assert looking.client.get(f"{board.at}menu/?lead={lead.pk}").status_code == 404
    assert looking.act(name, lead="x", **data).status_code == 400
    looking.hear(lead)
    looking.assert_same()


def test_a_seller_moves_only_what_they_see_and_where_they_may(
    owner: Membership, seller: Membership, other_seller: Membership, board: Stand
) -> None:
    with scope(board.workspace):
        seller = house.grant(seller, by=owner, work_funnel=[board.funnel])
        closed = house.funnel(board.workspace, name="Otro", stages=["Uno"]).stages.get()
    mine, theirs = (
        board.lead("mine", board.first, assignee=seller),
        board.lead("x", board.first, assignee=other_seller),
    )
    looking = Looking(seller, board)
    assert looking.names(board.first) == ["mine"]
    assert looking.act("moves", lead=theirs.pk, stage=board.second.pk).status_code == 404
    assert looking.act("moves", lead=mine.pk, stage=closed.pk).status_code == 403
    assert looking.act("moves", lead=[mine.pk, theirs.pk], stage=board.second.pk).status_code == 200
    assert (board.stage_of(mine), board.stage_of(theirs)) == (board.second.pk, board.first.pk)
    with pytest.raises(PermissionDenied):
        move(board, mine, seller, closed)


def test_a_lead_given_away_leaves_the_board_and_comes_back(
    owner: Membership, seller: Membership, other_seller: Membership, board: Stand
) -> None:
    with scope(board.workspace):
        seller = house.grant(seller, by=owner, work_funnel=[board.funnel])
    mine = board.lead("mine", board.first, assignee=seller)
    looking = Looking(seller, board)
    response = looking.act("assignments", lead=mine.pk, assignee=other_seller.pk)
    assert looking.names(board.first) == []
    looking.take(
        looking.client.post(toast(response)["action"]["href"], headers={**HTMX, "HX-Current-URL": board.at})
    )
    assert looking.names(board.first) == ["mine"]
    looking.assert_same()


def test_news_of_a_signal_bring_only_what_is_on_this_board(
    owner: Membership, admin: Membership, board: Stand
) -> None:
    nora, marta = board.lead("Nora"), board.lead("Marta", board.first, status="urgent")
    looking = Looking(owner, board, "status=urgent")
    move(board, nora, admin, board.first)
    move(board, marta, admin, board.second)
    looking.hear(nora, marta)
    assert (looking.names(board.first), looking.names(board.second)) == ([], ["Marta"])
    looking.assert_same()


def test_a_move_asks_nine_queries(owner: Membership, board: Stand) -> None:
    leads = [board.lead(name, board.first) for name in "abc"]
    looking = Looking(owner, board, "sort=manual")
    data = {"lead": leads[0].pk, "stage": board.second.pk}
    with CaptureQueriesContext(connection) as asked:
        looking.act("moves", **data)
    own = [
        one["sql"] for one in asked.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]
    assert len(own) <= 3 + 9, [sql[:150] for sql in own]


def test_an_archived_or_leaving_funnel_takes_no_leads(owner: Membership, board: Stand) -> None:
    nora = board.lead("Nora")
    with scope(board.workspace):
        type(board.funnel).objects.filter(pk=board.funnel.pk).update(
            archived_at=timezone.now(), is_main=False
        )
    with pytest.raises(Refused):
        move(board, nora, owner, board.first)


@pytest.mark.django_db(transaction=True)
def test_a_lead_that_slips_into_a_stage_that_is_being_deleted_goes_with_the_others(
    owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied, real = threading.Event(), rehousing._delete

    def slowly(*given: Any) -> None:
        emptied.set()
        time.sleep(0.3)
        real(*given)

    def delete() -> None:
        with scope(owner.workspace):
            stages.delete(leaving, by=owner, to=home)
        connection.close()

    monkeypatch.setattr(rehousing, "_delete", slowly)
    with scope(owner.workspace):
        leaving, home = funnels.create(by=owner, name="V", stages=[("a", "red"), ("b", "red")]).stages.all()
        lead = house.lead(owner.workspace)
        deleting = threading.Thread(target=delete)
        deleting.start()
        assert emptied.wait(5)
        moves.move(lead.pk, by=owner, stage=Stage.objects.with_funnel().get(pk=leaving.pk))
        deleting.join()
        assert list(Stage.objects.all()) == [home]
        assert Placement.objects.get(pk=lead.pk).stage_id == home.pk
