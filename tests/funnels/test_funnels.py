"""Funnels and stages: made, ordered, archived, deleted with a new home for their leads; each act in the audit log."""

from collections.abc import Callable

import pytest
from django.test import Client

from crm.jobs.models import Job
from crm.tenancy import scope
from crm.work.attempts import deliver
from crm.work.claims import claim
from directory.models import Event, Placement
from funnels.actions import funnels, rehousing, stages
from funnels.models import Funnel, Stage
from funnels.trades import TRADES
from tests import cast
from tests.directory import house
from tests.funnels.board import Stand, stand
from tests.swap import HTMX, Swapped
from workspaces import portability
from workspaces.errors import Refused
from workspaces.models import AuditEntry, Membership, Verb, Workspace


@pytest.fixture
def board(workspace: Workspace) -> Stand:
    return stand(workspace)


@pytest.fixture
def client(admin: Membership) -> Client:
    return cast.signed_in(admin)


@pytest.fixture
def at(admin: Membership) -> Callable[..., str]:
    return lambda rest="": f"/w/{admin.workspace.public_id}/settings/{rest}"


@pytest.mark.parametrize("trade", TRADES, ids=lambda trade: trade.key)
def test_a_funnel_of_a_trade_has_its_stages_in_the_workspaces_language(
    owner: Membership, trade: object
) -> None:
    with scope(owner.workspace):
        made = funnels.create_from_trade(trade, by=owner)  # type: ignore[arg-type]
        assert made.is_main
        assert made.stages.count() >= 4
        assert AuditEntry.objects.get(verb=Verb.FUNNEL_CREATED).target == made.name


def test_an_empty_one_asks_for_a_name(client: Client, at: Callable[..., str], admin: Membership) -> None:
    assert client.post(at("funnels/new/"), {"trade": "empty", "name": ""}).status_code == 422
    assert client.post(at("funnels/new/"), {"trade": "empty", "name": "Ventas"}).status_code == 302
    response = client.post(at("funnels/new/"), {"trade": "retail", "name": "Ventas"})
    assert "There is a funnel named Ventas already." in response.content.decode()
    with scope(admin.workspace):
        assert Funnel.objects.get().is_main


def test_one_is_the_main_one_through_every_change(owner: Membership) -> None:
    with scope(owner.workspace):
        first, second = (funnels.create(by=owner, name=name) for name in ("A", "B"))
        funnels.make_main(second, by=owner)
        assert Funnel.objects.get(is_main=True) == second
        funnels.archive(second, by=owner)
        assert Funnel.objects.get(is_main=True) == first
        with pytest.raises(Refused):
            funnels.make_main(second, by=owner)
        funnels.delete(first, by=owner, to=None)
        funnels.unarchive(second, by=owner)
        assert Funnel.objects.get(is_main=True) == second


def test_stages_are_added_renamed_painted_and_ordered(
    client: Client, at: Callable[..., str], board: Stand
) -> None:
    address = at(f"funnels/{board.funnel.pk}/")
    page = Swapped(client.get(address))
    page.apply(client.post(f"{address}stages/", {"name": "Muestra"}, headers=HTMX), trigger=".stage-new")
    page.assert_same(client.get(address))
    stage = at(f"stages/{board.first.pk}/")
    field = f"#stage-{board.first.pk} .order-input"
    page.apply(client.post(stage, {"name": "Nuevo"}, headers=HTMX), trigger=field)
    page.assert_same(client.get(address))
    page.apply(client.post(stage, {"name": "Muestra"}, headers=HTMX), trigger=field)  # taken
    page.assert_same(client.get(address))
    swatch = f"#stage-{board.first.pk}-colour .c-red"
    page.apply(client.post(stage, {"colour": "red"}, headers=HTMX), trigger=swatch)
    page.assert_same(client.get(address))
    client.post(f"{address}stages/order/", {"order": [board.second.pk, board.first.pk]}, headers=HTMX)
    with scope(board.workspace):
        assert [one.name for one in board.funnel.stages.all()] == ["Cierre", "Nuevo", "Muestra"]
        assert AuditEntry.objects.filter(verb=Verb.FUNNEL_CHANGED).count() == 4


def test_funnels_are_put_in_order(client: Client, at: Callable[..., str], board: Stand) -> None:
    with scope(board.workspace):
        other = house.funnel(board.workspace, name="Otro")
    client.post(at("funnels/order/"), {"order": [other.pk, board.funnel.pk, "x", 10**9]})
    with scope(board.workspace):
        assert [one.name for one in Funnel.objects.in_order()] == ["Otro", "Mayoreo"]


def test_a_stage_that_is_deleted_asks_where_its_leads_go(
    client: Client, at: Callable[..., str], admin: Membership, board: Stand
) -> None:
    nora = board.lead("Nora", board.first)
    closed = board.lead("put away", board.first, is_archived=True)
    address = at(f"stages/{board.first.pk}/removal/")
    assert "2 leads are in it" in client.get(address, headers=HTMX).content.decode()
    assert client.post(address, {"home": board.first.pk}, headers=HTMX).status_code == 422
    response = client.post(address, {"home": board.second.pk}, headers=HTMX)
    assert response.headers["HX-Redirect"] == at(f"funnels/{board.funnel.pk}/")
    with scope(board.workspace):
        assert not Stage.objects.filter(pk=board.first.pk).exists()
        event = Event.objects.get(lead=nora, verb="lead.moved")
        assert (event.changes, event.actor) == ({"stage_id": [board.first.pk, board.second.pk]}, admin)
        assert house.placement_of(closed).stage_id == board.second.pk


def test_many_leads_move_as_a_job_and_meanwhile_nothing_is_put_there(
    admin: Membership, board: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehousing, "AT_ONCE", 2)
    monkeypatch.setattr(rehousing, "BATCH", 2)
    leads = [board.lead(str(number), board.second) for number in range(5)]
    with scope(board.workspace):
        job = funnels.delete(board.funnel, by=admin, to=None)
        assert job is not None
        with pytest.raises(Refused):
            house_of = Stage.objects.with_funnel().get(pk=board.first.pk)
            rehousing.check_home(house_of)
        assert Placement.objects.filter(stage=board.second).count() == 5
    while (batch := claim("bulk")) and batch.items:
        deliver(batch)
    with scope(board.workspace):
        done = Job.objects.get(pk=job.pk)
        assert (done.state, done.done, done.total) == ("done", 5, 5)
        assert not Funnel.objects.exists()
        assert {house.placement_of(lead).stage_id for lead in leads} == {None}
        assert Event.objects.filter(verb="lead.moved", actor=admin).count() == 5


def test_a_lead_keeps_its_stage_while_its_funnel_is_archived(admin: Membership, board: Stand) -> None:
    nora = board.lead("Nora", board.first)
    with scope(board.workspace):
        funnels.archive(board.funnel, by=admin)
        stages.add(board.funnel, by=admin, name="Otra")
    assert board.stage_of(nora) == board.first.pk


def test_an_export_has_funnels_stages_and_grants(owner: Membership, seller: Membership, board: Stand) -> None:
    with scope(board.workspace):
        house.grant(seller, by=owner, work_funnel=[board.funnel])
        sections = {section.name: section for section in portability.sections()}
        found = {
            name: sections[name].page(board.workspace, None)[0]
            for name in ("funnels", "stages", "funnel_grants")
        }
    assert {name: len(rows) for name, rows in found.items()} == {
        "funnels": 1,
        "stages": 2,
        "funnel_grants": 1,
    }
