"""The names of leads that somebody has are the leads', and theirs, whatever happens to either."""

import random
from functools import partial

import pytest
from django.db import connection

from crm.tenancy import scope
from directory.actions import leads, placements
from directory.actors import SYSTEM
from directory.models import Lead, OwnedName, Placement
from tests.at_once import at_once
from tests.directory import house
from workspaces.models import Membership

PEOPLE = 3  # connections at once
ACTS = 40  # of each


def kept() -> set[tuple[int, int, str]]:
    return set(OwnedName.objects.values_list("pk", "assignee_id", "name_key"))


def told() -> set[tuple[int, int, str]]:
    """By placements and leads."""
    owned = Placement.objects.exclude(assignee=None)
    return set(owned.values_list("pk", "assignee_id", "lead__name_key"))


@pytest.mark.django_db
def test_they_follow_who_has_a_lead_and_what_it_is_called(owner: Membership, seller: Membership) -> None:
    workspace = owner.workspace
    with scope(workspace):
        lead = house.lead(workspace, name="Íñigo Óscar")
        assert kept() == set()
        placements.assign(lead.pk, by=owner, to=seller)
        assert kept() == {(lead.pk, seller.pk, "inigo oscar")}
        leads.edit(lead, by=owner, name="Ángel")
        assert kept() == {(lead.pk, seller.pk, "angel")}
        placements.assign(lead.pk, by=owner, to=owner)
        assert kept() == {(lead.pk, owner.pk, "angel")}
        placements.assign(lead.pk, by=owner, to=None)
        assert kept() == set()
        leads.edit(lead, by=owner, name="Úrsula")
        placements.assign(lead.pk, by=owner, to=seller)
        assert kept() == {(lead.pk, seller.pk, "ursula")}
        Placement.objects.filter(pk=lead.pk).delete()
        assert kept() == set()


@pytest.mark.django_db(transaction=True)
def test_they_go_with_their_lead(owner: Membership) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace, name="Ana", assignee=owner)
        other = house.lead(owner.workspace, name="Eva", assignee=owner)
        Lead.objects.get(pk=lead.pk).delete()
        assert kept() == told() == {(other.pk, owner.pk, "eva")}


@pytest.mark.django_db(transaction=True)
def test_after_a_storm_of_changes_they_are_what_leads_and_placements_say(
    owner: Membership, admin: Membership, seller: Membership
) -> None:
    """Of two that cross, one gives a lead to somebody while the other renames it."""
    workspace = owner.workspace
    with scope(workspace):
        ids = [house.lead(workspace, name=f"Lead {n}").pk for n in range(5)]

    def storm(seed: int) -> None:
        chance = random.Random(seed)
        acts = [
            lambda pk: placements.assign(pk, by=owner, to=chance.choice([None, admin, seller])),
            lambda pk: leads.edit(Lead.objects.get(pk=pk), by=owner, name=f"Name {chance.random()}"),
            lambda pk: placements.archive(pk, by=owner),
            lambda pk: leads.create(
                by=SYSTEM, workspace_id=workspace.pk, name="New", assignee=chance.choice([None, seller])
            ),
        ]
        for _turn in range(ACTS):
            with scope(workspace):
                chance.choice(acts)(chance.choice(ids))

    at_once(*(partial(storm, seed) for seed in range(PEOPLE)))
    with scope(workspace):
        assert kept() == told() != set()


@pytest.mark.django_db(transaction=True)
def test_those_from_before_they_were_kept_are_filled_in(
    owner: Membership, seller: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import import_module

    filling = import_module("directory.migrations.0141_owned_names_filled")
    monkeypatch.setattr(filling, "BATCH", 2)
    with scope(owner.workspace):
        for number in range(5):
            house.lead(owner.workspace, name=f"Lead {number}", assignee=seller if number % 4 else None)
        first = OwnedName.objects.order_by("pk")[0]
        OwnedName.objects.exclude(pk=first.pk).delete()
        filling.fill(None, connection)
        assert kept() == told() != set()
