"""The tallies are what a count would say, at any moment and after any storm."""

import logging
import random
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from crm.tenancy import scope
from directory import tallies
from directory.actions import leads, placements
from directory.actors import SYSTEM
from directory.models import Placement, Status, Tally
from funnels.actions import moves
from tests.at_once import at_once
from tests.directory import house
from workspaces.models import Membership, Workspace
from workspaces.portability import deletion

PEOPLE = 4  # connections at once
ACTS = 40  # of each


@pytest.mark.django_db(transaction=True)
def test_after_a_storm_of_changes_they_equal_a_recount(
    owner: Membership, admin: Membership, seller: Membership
) -> None:
    workspace = owner.workspace
    with scope(workspace):
        stages = list(house.funnel(workspace).stages.all())
        ids = [house.lead(workspace, name=f"Lead {n}").pk for n in range(12)]

    def storm(seed: int) -> None:
        chance = random.Random(seed)
        acts = [
            lambda pk: moves.move(pk, by=owner, stage=chance.choice([None, *stages])),
            lambda pk: placements.assign(pk, by=owner, to=chance.choice([None, admin, seller])),
            lambda pk: placements.set_status(pk, by=owner, status=chance.choice(Status.values)),
            lambda pk: placements.set_value(
                pk, by=owner, value=chance.choice([None, Decimal("12.5"), Decimal(900)])
            ),
            lambda pk: placements.close(pk, by=owner, outcome=chance.choice(["won", "lost"])),
            lambda pk: placements.reopen(pk, by=owner),
            lambda pk: placements.archive(pk, by=owner),
            lambda pk: placements.unarchive(pk, by=owner),
            lambda pk: leads.create(by=SYSTEM, workspace_id=workspace.pk, name="New"),
            lambda pk: tallies.fold(),
        ]
        for _turn in range(ACTS):
            with scope(workspace):
                chance.choice(acts)(chance.choice(ids))

    at_once(*(partial(storm, seed) for seed in range(PEOPLE)))
    assert tallies.drift(workspace.pk) == {}
    assert tallies.fold() == 1
    assert tallies.drift(workspace.pk) == {}
    with scope(workspace):
        assert Tally.objects.total() == Placement.objects.count()
        assert not Tally.objects.filter(is_folded=False).exists()
        assert not Tally.objects.filter(amount__lte=0).exists()


def test_a_message_counts_nothing(owner: Membership) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace)
        rows = Tally.objects.count()
        placement = placements.locked(lead.pk)
        placements.note_inbound(
            placement, message_id=1, at=timezone.now(), channel_id=1, window_ends_at=timezone.now()
        )
        assert Tally.objects.count() == rows


def test_the_nightly_recount_tells_of_drift_and_mends_it(
    owner: Membership, caplog: pytest.LogCaptureFixture
) -> None:
    with scope(owner.workspace):
        house.lead(owner.workspace)
    tallies.fold()
    assert tallies.recount() == 0
    with scope(owner.workspace):
        Tally.objects.update(amount=7)
    with caplog.at_level(logging.ERROR, "directory.tallies"):
        assert tallies.recount() == 1
    assert "Tallies differ" in caplog.text
    assert house.count(owner.workspace) == 1
    assert tallies.recount() == 0


@pytest.mark.django_db(transaction=True)
def test_a_workspace_with_leads_is_deleted_whole(owner: Membership, seller: Membership) -> None:
    workspace: Workspace = owner.workspace
    with scope(workspace):
        [first, _last] = house.funnel(workspace).stages.all()
        lead = house.lead(
            workspace,
            phone="+52 55 1234 5678",
            stage=first,
            assignee=seller,
            tags=[house.tag(workspace)],
            by=owner,
        )
        placements.close(lead.pk, by=owner, outcome="lost", reason=house.reason(workspace))
    tallies.fold()
    workspace.deletion_requested_at = timezone.now() - timedelta(days=30)
    workspace.save()
    deletion.deliver(deletion_item(workspace))
    assert not Workspace.objects.filter(pk=workspace.pk).exists()
    assert deletion.leftovers(workspace.pk) == []


def deletion_item(workspace: Workspace):  # type: ignore[no-untyped-def]
    """The row of work that asks for it."""
    from crm.work.models import Item

    deletion.request(workspace)
    return Item.objects.get(kind=deletion.KIND.name)
