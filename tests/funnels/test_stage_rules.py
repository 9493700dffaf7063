"""What a stage asks for, how long one may stay in it, and why a lead was won or lost."""

import json
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.tenancy import scope
from directory import required
from directory.actions import leads as lead_acts
from directory.actions import placements, reasons, tags
from directory.actors import SYSTEM
from directory.models import CloseReason, Lead, Placement
from funnels.actions import moves, stages
from funnels.board import columns
from funnels.board.look import Look
from funnels.models import Stage
from tests import cast
from tests.directory import house
from tests.funnels.board import Looking, stand
from tests.swap import HTMX
from workspaces.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(workspace):
    return stand(workspace)


@pytest.fixture
def asks(owner, board):
    """asks("phone", "city", stale_days=…): the rules of the second stage."""

    def ask(*keys, stale_days=None):
        with scope(board.workspace):
            stages.set_rules(board.second, by=owner, required=keys, stale_days=stale_days)
            board.second.refresh_from_db()

    return ask


def events_of(response):
    return json.loads(response.headers["HX-Trigger"])


def at(board, text):
    return f"/w/{board.workspace.public_id}/{text}"


def test_a_card_comes_back_and_is_moved_once_what_lacks_is_filled_in(owner, board, asks):
    asks("phone", "city", "assignee")
    nora = board.lead("Nora", board.first)
    looking = Looking(owner, board)
    refused = looking.act("moves", lead=nora.pk, stage=board.second.pk)
    assert refused.status_code == 422
    assert looking.names(board.first) == ["Nora"]
    told = events_of(refused)
    assert told["toast"]["text"] == "Cierre asks for: Phone, City, Assignee."
    href = told["dialog:fetch"]["href"]
    form = BeautifulSoup(looking.client.get(href, headers=HTMX).content.decode(), "html.parser")
    asked = {one["name"] for one in form.select("[name^=asked]")}
    assert asked == {"asked-phone", "asked-city", "asked-assignee"}
    headers = {**HTMX, "HX-Current-URL": f"http://testserver{board.at}"}
    wrong = looking.client.post(href, {"asked-phone": "no es", "asked-city": "León"}, headers=headers)
    assert wrong.status_code == 422
    assert board.stage_of(nora) == board.first.pk
    filled = {"asked-phone": "55 1234 5678", "asked-city": "León", "asked-assignee": owner.pk}
    done = looking.client.post(href, filled, headers=headers)
    assert (done.status_code, "dialog:close" in events_of(done)) == (200, True)
    looking.take(done)
    looking.load()
    assert looking.names(board.second) == ["Nora"]
    with scope(board.workspace):
        nora = Lead.objects.get(pk=nora.pk)
        assert (nora.city, nora.contact_points.get().match_key) == ("León", "525512345678")
        assert house.verbs_of(nora)[-1] == "lead.moved"
    undone = looking.client.post(events_of(done)["toast"]["action"]["href"], headers=headers)
    assert undone.status_code == 200
    assert board.stage_of(nora) == board.first.pk


def test_several_at_once_move_together_or_not_at_all_and_keep_what_they_have(owner, board, asks):
    asks("city")
    with scope(board.workspace):
        ana, eva = board.lead("Ana", board.first), board.lead("Eva", board.first)
        lead_acts.edit(ana, by=owner, city="Puebla")
    looking = Looking(owner, board)
    refused = looking.act("moves", lead=[ana.pk, eva.pk], stage=board.second.pk)
    assert refused.status_code == 422
    assert [board.stage_of(one) for one in (ana, eva)] == [board.first.pk] * 2
    looking.client.post(events_of(refused)["dialog:fetch"]["href"], {"asked-city": "León"}, headers=HTMX)
    assert [board.stage_of(one) for one in (ana, eva)] == [board.second.pk] * 2
    with scope(board.workspace):
        assert dict(Lead.objects.values_list("name", "city")) == {"Ana": "Puebla", "Eva": "León"}


def test_the_action_itself_refuses_people_and_not_the_house(owner, board, asks):
    asks("email")
    nora = board.lead("Nora", board.first)
    with scope(board.workspace):
        with pytest.raises(required.Missing) as missing:
            moves.move(nora.pk, by=owner, stage=board.second)
        assert missing.value.lacking == {nora.pk: ["email"]}
        assert moves.move(nora.pk, by=SYSTEM, stage=board.second).has_changed
        assert (
            moves.move(nora.pk, by=owner, stage=board.second, before=nora.pk) is not None
        )  # it is in it already
        placements.close(nora.pk, by=owner, outcome="won")
        assert placements.reopen(nora.pk, by=owner)
        moved = moves.move(nora.pk, by=owner, stage=board.first)
        assert moves.put_back(
            nora.pk, by=owner, stage=board.second, position=moved.was_position, expected=board.first.pk
        )
        stages.delete(board.first, by=owner, to=board.second)


def test_from_the_leads_card_and_when_one_is_made_in_the_stage(owner, board, asks):
    asks("tag")
    client = cast.signed_in(owner)
    nora = board.lead("Nora", board.first)
    with scope(board.workspace):
        tag = house.tag(board.workspace)
    refused = client.post(
        at(board, f"leads/{nora.pk}/stage/?in=panel"), {"stage": board.second.pk}, headers=HTMX
    )
    href = events_of(refused)["dialog:fetch"]["href"]
    assert "in=panel" in href
    assert board.stage_of(nora) == board.first.pk
    done = client.post(href, {"asked-tag": tag.pk}, headers=HTMX)
    assert (done.status_code, done.headers["HX-Reswap"]) == (200, "none")
    assert f'id="panel-lead-{nora.pk}-name-field"' in done.content.decode()
    assert board.stage_of(nora) == board.second.pk
    made = client.post(at(board, "leads/new/"), {"name": "Eva", "stage": board.second.pk}, headers=HTMX)
    assert (made.status_code, "Cierre asks for: Tag." in made.content.decode()) == (422, True)


def test_each_field_is_known_missing_and_filled_in(owner, workspace, board):
    with scope(workspace):
        nobody = board.lead("", None)
        tag = house.tag(workspace)
        every = [one.key for one in required.fields()]
        assert required.lacking(every, [nobody.pk]) == {nobody.pk: every}
        assert required.lacking(["gone"], [nobody.pk]) == {}
        values = {
            "name": "Nora", "phone": lead_acts.phone("+525512345678", region=None),
            "email": lead_acts.email("a@b.mx"), "city": "León", "notes": "x", "time_zone": "America/Lima",
            "tag": tag, "assignee": owner, "first_name": "Nora", "last_name": "Paz", "address": "Hidalgo 5",
            "delivery_address": "Hidalgo 7",
        }  # fmt: skip
        for key, value in values.items():
            required.find(key).fill(Lead.objects.get(pk=nobody.pk), value, owner)
        assert required.lacking(every, [nobody.pk]) == {}
        tags.take_off(Lead.objects.get(pk=nobody.pk), tag, by=owner)
        assert required.lacking(every, [nobody.pk]) == {nobody.pk: ["tag"]}


def test_another_workspaces_stage_lead_and_seller_without_the_funnel(board, asks, outsider, seller):
    asks("city")
    nora = board.lead("Nora", board.first, assignee=seller)
    address = at(board, f"board/stages/{board.second.pk}/requirements/?lead={nora.pk}")
    assert cast.signed_in(outsider).get(address).status_code == 404
    client = cast.signed_in(seller)
    refused = client.post(address, {"asked-city": "León"}, headers=HTMX)
    assert (refused.status_code, board.stage_of(nora)) == (422, board.first.pk)
    with scope(board.workspace):
        assert Lead.objects.get(pk=nora.pk).city == ""  # nothing is filled in where nothing moves
    for junk in ("lead=x", "", "lead=99999999", f"lead={nora.pk}&after=x&board=zzz"):
        assert client.get(address.partition("?")[0] + "?" + junk).status_code in (200, 400, 404)


def test_the_stale_are_marked_filtered_counted_and_found_by_the_index(owner, seller, board, asks):
    asks(stale_days=7)
    now = timezone.now()
    for name, stage, days in (("Old", board.second, 9), ("Older", board.second, 30), ("New", board.second, 2),
                              ("Elsewhere", board.first, 90), ("Inbox", None, 90)):  # fmt: skip
        board.lead(name, stage, stage_since=now - timedelta(days=days), assignee=seller)
    looking = Looking(owner, board)
    marked = [one.get_text() for one in looking.page.tree.select(".lead-card:has(.is-stale) .card-name")]
    assert sorted(marked) == ["Old", "Older"]
    stale = Looking(owner, board, "stale=1")
    assert stale.names(board.second) == ["Older", "Old"]
    assert stale.names(board.first) == stale.names(None) == []
    counted = stale.client.get(f"{board.at}counts/?stale=1").content.decode()
    assert f'id="count-{board.second.pk}" hx-swap-oob="true">2<' in counted
    with scope(board.workspace):
        older = Lead.objects.get(name="Older")
    stale.act("moves", lead=older.pk, stage=board.first.pk)
    assert stale.names(board.second) == ["Old"]  # where it went there is no limit
    with scope(board.workspace):
        old = Lead.objects.get(name="Old")
    assert "is-stale" in stale.client.get(at(board, f"leads/{old.pk}/")).content.decode()
    with scope(board.workspace), connection.cursor() as cursor:
        look = Look(sort="age", stale=True)
        sql, values = columns._ids([columns.Q()], look, columns.Q(stage_id=board.second.pk), "", 25)
        sql, values = columns._with(sql, values, columns._STAGE, str(board.second.pk), [])
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("EXPLAIN " + sql, values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "placement_stage_age" in plan
    assert "Sort" not in plan


def test_a_board_with_rules_takes_no_query_more(owner, board, asks, django_assert_num_queries):
    client = cast.signed_in(owner)
    client.get(board.at)
    with CaptureQueriesContext(connection) as before:
        client.get(board.at)
    number = len(before)
    asks("phone", "city", stale_days=3)
    client.get(board.at)
    with django_assert_num_queries(number):
        client.get(board.at)


def test_rules_are_set_in_the_editor(owner, seller, board):
    client = cast.signed_in(owner)
    address = at(board, f"settings/stages/{board.second.pk}/rules/")
    assert "Rules of Cierre" in client.get(address, headers=HTMX).content.decode()
    assert client.post(address, {"stale_days": "0"}, headers=HTMX).status_code == 422
    assert client.post(address, {"required": ["nothing"]}, headers=HTMX).status_code == 422
    done = client.post(address, {"required": ["city", "phone"], "stale_days": "5"}, headers=HTMX)
    assert (done.status_code, "asks for 2 fields" in done.content.decode()) == (200, True)
    with scope(board.workspace):
        stage = Stage.objects.get(pk=board.second.pk)
        assert (sorted(stage.required), stage.stale_days) == (["city", "phone"], 5)
    assert cast.signed_in(seller).post(address, {}).status_code == 403


def test_a_reason_that_is_required_is_asked_for_and_a_deleted_one_stays_readable(owner, board):
    nora = board.lead("Nora", board.first)
    with scope(board.workspace):
        reasons.require("won", by=owner, needed=True)
        price = reasons.create(by=owner, outcome="won", name="Precio")
        with pytest.raises(Refused):
            placements.close(nora.pk, by=owner, outcome="won", words="porque sí")
        assert placements.close(nora.pk, by=SYSTEM, outcome="won")
        placements.reopen(nora.pk, by=owner)
    looking = Looking(owner, board)
    refused = looking.act("closures", lead=nora.pk, outcome="won")
    assert (refused.status_code, looking.names(board.first)) == (422, ["Nora"])
    href = events_of(refused)["dialog:fetch"]["href"]
    assert "Precio" in looking.client.get(href, headers=HTMX).content.decode()
    assert looking.act("closures", lead=nora.pk, outcome="won", reason="", words="").status_code == 422
    assert looking.act("closures", lead=nora.pk, outcome="won", reason=price.pk, words="").status_code == 200
    with scope(board.workspace):
        reasons.delete(price, by=owner)
        assert Placement.objects.get().close_reason_id == price.pk
    page = looking.client.get(at(board, f"leads/{nora.pk}/")).content.decode()
    assert page.count("Precio") >= 2  # in the band, and in the history
    with scope(board.workspace):
        again = reasons.create(by=owner, outcome="won", name="Precio")
        assert again.pk == price.pk
        second = reasons.create(by=owner, outcome="won", name="Calidad")
        reasons.reorder("won", [second.pk, again.pk], by=owner)
        order = CloseReason.objects.in_use().filter(outcome="won").in_order()
        assert [one.name for one in order] == ["Calidad", "Precio"]
