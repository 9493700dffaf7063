"""Whether a person sees a lead is asked where it is changed, under its lock: since the page looked, somebody may have
given it away. And what somebody else wrote meanwhile is not overwritten."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from crm.tenancy import scope
from directory import custom
from directory.actions import custom as custom_actions
from directory.actions import leads, placements, profiles, tags
from directory.actions.marks import ChangedMeanwhile, mark_of_amount
from directory.models import Event, Lead, Placement, Tag
from directory.views import fields as fields_views
from directory.views import own_fields as own_fields_views
from directory.views import states as states_views
from funnels.actions import moves, requirements, stages
from funnels.models import Stage
from tests import cast
from tests.directory import house
from tests.directory.test_pages import address
from tests.swap import HTMX
from workspaces.models import Membership


@pytest.fixture
def marta(owner: Membership, seller: Membership) -> Lead:
    with scope(owner.workspace):
        return house.lead(owner.workspace, assignee=seller, email="marta@ejemplo.mx")


ACTS: dict[str, Callable[[Lead, Membership], Any]] = {
    "assign": lambda lead, by: placements.assign(lead.pk, by=by, to=by),
    "status": lambda lead, by: placements.set_status(lead.pk, by=by, status="done"),
    "value": lambda lead, by: placements.set_value(lead.pk, by=by, value=Decimal(5)),
    "close": lambda lead, by: placements.close(lead.pk, by=by, outcome="won"),
    "reopen": lambda lead, by: placements.reopen(lead.pk, by=by),
    "archive": lambda lead, by: placements.archive(lead.pk, by=by),
    "unarchive": lambda lead, by: placements.unarchive(lead.pk, by=by),
    "star": lambda lead, by: placements.star(lead.pk, by=by, starred=True),
    "edit": lambda lead, by: leads.edit(lead, by=by, city="Mérida"),
    "manager": lambda lead, by: leads.set_manager(lead, by=by, to=by),
    "point": lambda lead, by: leads.add_contact_point(lead, leads.email("otra@ejemplo.mx"), by=by),
    "no point": lambda lead, by: leads.remove_contact_point(lead.contact_points.get(), by=by),
    "tag": lambda lead, by: tags.put_on(lead, Tag.objects.get(), by=by),
    "untag": lambda lead, by: tags.take_off(lead, Tag.objects.get(), by=by),
    "profile": lambda lead, by: profiles.add(lead, "https://x.com/marta", by=by),
    "own field": lambda lead, by: custom_actions.set_values(lead, {custom.fields()[0]: "a"}, by=by),
    "move": lambda lead, by: moves.move(lead.pk, by=by, stage=None, before=lead.pk),
}


@pytest.mark.parametrize("kind", ACTS)
def test_no_act_reaches_a_lead_that_was_given_away(
    owner: Membership, seller: Membership, other_seller: Membership, marta: Lead, kind: str
) -> None:
    with scope(owner.workspace):
        house.tag(owner.workspace)
        house.field("text")
        placements.assign(marta.pk, by=owner, to=other_seller)
        before = Event.objects.count()
        with pytest.raises(Placement.DoesNotExist) as refused:
            ACTS[kind](marta, seller)
        assert isinstance(refused.value, Http404)
        assert Event.objects.count() == before
        ACTS[kind](marta, other_seller)


POSTS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("lead_text", {"field": "city"}, {"value": "Mérida"}),
    ("lead_value", {}, {"value": "500"}),
    ("contact_points", {}, {"text": "otra@ejemplo.mx"}),
    ("lead_tags", {}, {"name": "vip"}),
    ("lead_profiles", {}, {"url": "https://x.com/marta"}),
    ("lead_status", {}, {"status": "urgent"}),
    ("lead_assignee", {}, {"assignee": ""}),
    ("lead_manager", {}, {"manager": ""}),
    ("lead_archive", {}, {}),
    ("lead_star", {}, {}),
    ("lead_closure", {}, {"outcome": "won"}),
]


@pytest.mark.parametrize(("route", "named", "data"), POSTS)
def test_a_page_that_has_looked_says_what_it_says_of_a_lead_one_does_not_see(
    owner: Membership,
    seller: Membership,
    other_seller: Membership,
    marta: Lead,
    monkeypatch: pytest.MonkeyPatch,
    route: str,
    named: dict[str, Any],
    data: dict[str, str],
) -> None:
    with scope(owner.workspace):
        house.tag(owner.workspace)
        leads.set_manager(marta, by=owner, to=owner)
    client = cast.signed_in(seller)
    found = fields_views.lead_to_change

    def looks(*args: Any) -> Lead:
        lead = found(*args)
        placements.assign(marta.pk, by=owner, to=other_seller)
        return lead

    for views in (fields_views, own_fields_views, states_views):
        monkeypatch.setattr(views, "lead_to_change", looks)
    action = address(marta, route, **named) + "?in=page"
    raced = client.post(action, data, headers=HTMX)
    monkeypatch.undo()
    unseen = client.post(action, data, headers=HTMX)
    assert (raced.status_code, raced.content) == (unseen.status_code, unseen.content)
    assert raced.status_code == 404
    with scope(owner.workspace):
        assert house.placement_of(marta).assignee_id == other_seller.pk
        assert Event.objects.filter(lead=marta, actor=seller).count() == 0


def test_it_is_asked_by_the_query_that_locks(seller: Membership, marta: Lead) -> None:
    with scope(seller.workspace):
        placements.set_status(marta.pk, by=seller, status="urgent")  # reads the grants
        with CaptureQueriesContext(connection) as asked:
            placements.set_status(marta.pk, by=seller, status="done")
    done = [query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(done) <= 3, done


def test_what_a_stage_asks_for_may_give_the_lead_away_and_it_is_moved_all_the_same(
    owner: Membership, seller: Membership, other_seller: Membership
) -> None:
    with scope(owner.workspace):
        funnel = house.funnel(owner.workspace)
        house.grant(seller, by=owner, work_funnel=[funnel])
        [first, last] = funnel.stages.all()
        stages.set_rules(last, by=owner, required=["assignee", "city"], stale_days=None)
        last = Stage.objects.with_funnel().get(pk=last.pk)
        lead = house.lead(owner.workspace, stage=first)
        gone = house.lead(owner.workspace, stage=first, assignee=other_seller)
        done = requirements.fill_and_move(
            [lead.pk, gone.pk], {"assignee": other_seller, "city": "Mérida"}, by=seller, stage=last
        )
        assert [one.lead_id for one in done] == [lead.pk]
        now = house.placement_of(lead)
        assert (now.stage_id, now.assignee_id) == (last.pk, other_seller.pk)
        assert Lead.objects.get(pk=lead.pk).city == "Mérida"
        assert house.placement_of(gone).stage_id == first.pk


def test_what_a_lead_may_be_worth_is_not_overwritten_unseen(
    owner: Membership, seller: Membership, marta: Lead
) -> None:
    with scope(owner.workspace):
        nothing = mark_of_amount(None)
        placements.set_value(marta.pk, by=owner, value=Decimal("1200.50"), seen=nothing)
        with pytest.raises(ChangedMeanwhile):
            placements.set_value(marta.pk, by=owner, value=Decimal(900), seen=nothing)
        placements.set_value(marta.pk, by=owner, value=Decimal("1200.5"), seen=nothing)  # so it is already
        placements.set_value(marta.pk, by=owner, value=None, seen=mark_of_amount(Decimal("1200.5")))
    action = address(marta, "lead_value") + "?in=page"
    first, second = cast.signed_in(seller), cast.signed_in(owner)
    assert first.post(action, {"value": "700", "seen": nothing}, headers=HTMX).status_code == 200
    refused = second.post(action, {"value": "900", "seen": nothing}, headers=HTMX)
    assert (refused.status_code, "Somebody changed this meanwhile" in refused.content.decode()) == (422, True)
    field = BeautifulSoup(refused.content, "html.parser").select_one(f"#page-lead-{marta.pk}-value-field")
    assert field is not None
    [typed, seen] = (field.select_one(f"[name={name}]")["value"] for name in ("value", "seen"))  # type: ignore[index]
    assert typed == "900"
    assert second.post(action, {"value": "900", "seen": seen}, headers=HTMX).status_code == 200
    with scope(owner.workspace):
        assert house.placement_of(marta).value == 900
