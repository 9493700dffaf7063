"""Who sees which lead. One world, and what each person sees of it, by every way of asking."""

from typing import Any

import pytest

from crm.tenancy import scope
from directory.listening import topics_for, topics_of
from directory.models import Lead, Placement
from directory.visibility import sees, ways_to_see
from tests.directory import house
from tests.inbox import house as inbox
from workspaces.models import Membership


@pytest.fixture
def world(owner: Membership, seller: Membership, other_seller: Membership) -> dict[str, Any]:
    """Leads by name; funnels "ours" and "theirs"; two channels."""
    workspace = owner.workspace
    channels = [inbox.channel(workspace), inbox.channel(workspace)]
    with scope(workspace):
        ours, theirs = house.funnel(workspace, "Ours"), house.funnel(workspace, "Theirs")
        [here, _end], [there, _other] = ours.stages.all(), theirs.stages.all()

        def lead(name: str, **more: Any) -> Lead:
            return house.lead(workspace, name=name, **more)

        lead("mine in the Inbox", assignee=seller)
        lead("mine in theirs", assignee=seller, stage=there)
        lead("free in ours", stage=here)
        lead("free in theirs", stage=there)
        lead("other's in ours", stage=here, assignee=other_seller)
        lead("free by the first channel", channel_id=channels[0].pk)
        lead("free by the second channel", channel_id=channels[1].pk)
        lead("free by hand")
        lead("other's by the first channel", assignee=other_seller, channel_id=channels[0].pk)
        lead("mine, archived", assignee=seller, is_archived=True)
    return {"ours": ours, "theirs": theirs, "channels": channels}


MINE = {"mine in the Inbox", "mine in theirs", "mine, archived"}


@pytest.mark.parametrize(
    ("granted", "switch", "seen"),
    [
        ({}, True, MINE),
        ({"work_funnel": "ours"}, True, MINE | {"free in ours"}),
        ({"work_funnel": "ours"}, False, MINE),
        ({"see_all_leads": "ours"}, False, MINE | {"free in ours", "other's in ours"}),
        ({"see_all_leads": "ours", "work_funnel": "ours"}, True, MINE | {"free in ours", "other's in ours"}),
        ({"write_channel": 0}, True, MINE | {"free by the first channel"}),
        ({"write_channel": 0}, False, MINE),
        (
            {"see_all_leads": "ours", "work_funnel": "theirs", "write_channel": 1},
            True,
            MINE | {"free in ours", "other's in ours", "free in theirs", "free by the second channel"},
        ),
    ],
)
def test_a_seller_sees_their_own_and_what_was_granted(
    world: dict[str, Any],
    owner: Membership,
    seller: Membership,
    granted: dict[str, Any],
    switch: bool,
    seen: set[str],
) -> None:
    Membership.objects.filter(pk=seller.pk).update(sees_unassigned=switch)
    objects = {
        name: [world["channels"][which] if isinstance(which, int) else world[which]]
        for name, which in granted.items()
    }
    person = house.grant(seller, by=owner, **objects)
    with scope(owner.workspace):
        found = list(Placement.objects.visible_to(person).select_related("lead"))
        assert {one.lead.name for one in found} == seen
        assert set(Lead.objects.visible_to(person).values_list("name", flat=True)) == seen
        by_way = [
            set(Placement.objects.filter(way).values_list("pk", flat=True)) for way in ways_to_see(person)
        ]
        assert sum(map(len, by_way)) == len(set().union(*by_way)), "the ways exclude each other"
        assert set().union(*by_way) == {one.pk for one in found}
        listened = set(topics_for(person))
        for placement in Placement.objects.all():
            visible = placement.pk in {one.pk for one in found}
            assert sees(person, placement) == visible
            assert bool(topics_of(placement) & listened) == visible, (
                "they hear of what they see, and of nothing else"
            )


def test_owner_and_admins_see_everything_and_strangers_nothing(
    world: dict[str, Any], owner: Membership, admin: Membership, outsider: Membership
) -> None:
    for person in (owner, admin):
        with scope(person.workspace):
            assert Placement.objects.visible_to(person).count() == 10
    with scope(outsider.workspace):
        assert not Placement.objects.visible_to(outsider).exists()
