"""What a leaver hands over, and what an export has of leads."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.tenancy import scope
from directory import tallies
from directory.models import Event
from tests.directory import house
from tests.directory.test_acts import told
from workspaces import leaving, portability
from workspaces.actions import memberships
from workspaces.models import Membership


@pytest.mark.parametrize("has_successor", [True, False])
def test_leads_go_to_whoever_takes_over_or_to_nobody(
    owner: Membership, seller: Membership, other_seller: Membership, has_successor: bool
) -> None:
    heir = other_seller if has_successor else None
    with scope(owner.workspace):
        found = [house.lead(owner.workspace, name=str(n), assignee=seller) for n in range(30)]
        house.place(found[0], is_archived=True)
        assert {one.key: n for one, n in leaving.belongings(seller)}["leads"] == 30
        with CaptureQueriesContext(connection) as asked:
            leaving.hand_over(seller, heir)
        assert sum("directory_placement" in query["sql"] for query in asked.captured_queries) == 2, (
            "however many they are"
        )
        assert {house.placement_of(one).assignee_id for one in found} == {heir.pk if heir else None}
        assert Event.objects.filter(verb="lead.assigned").count() == 30
        new = "Omar Other" if heir else "Unassigned"
        assert told(found[3], owner)[-1] == f"Handed over, since a person left [Sara Seller → {new}]"
    assert tallies.drift(owner.workspace_id) == {}


def test_a_person_who_is_deactivated_keeps_no_lead(owner: Membership, seller: Membership) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace, assignee=seller)
    memberships.deactivate(seller, by=owner, successor=None)
    with scope(owner.workspace):
        assert house.placement_of(lead).assignee_id is None


def test_an_export_has_leads_with_all_that_is_theirs(owner: Membership, seller: Membership) -> None:
    with scope(owner.workspace):
        vip = house.tag(owner.workspace)
        lead = house.lead(
            owner.workspace, phone="+52 55 1234 5678", assignee=seller, tags=[vip], status="urgent"
        )
        rows = {
            section.name: list(section.page(owner.workspace, None)[0])
            for section in portability.sections()
            if section.name in ("leads", "contact_points", "tags", "lead_tags", "close_reasons", "events")
        }
    [exported] = rows["leads"]
    assert (exported["id"], exported["status"], exported["assignee"]) == (lead.pk, "urgent", seller.pk)
    assert [row["value"] for row in rows["contact_points"]] == ["+525512345678"]
    assert (rows["tags"][0]["name"], rows["lead_tags"][0]["tag"]) == ("vip", vip.pk)
    assert [row["verb"] for row in rows["events"]] == ["lead.created"]
