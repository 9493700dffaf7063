"""Who sees which lead where many are shown, told, acted on or taken away: the directory, acts, exports, notifications,
duplicates. The world and what each kind of person sees in it are those of the matrix."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db.models import Q

from crm.tenancy import scope
from directory.actions import notifications
from directory.models import DuplicatePair, LeadTag, Notification, Placement
from directory.notifications.kinds import ASSIGNED
from directory.selection import ACTIVE, ARCHIVED, EVERY, Selection
from tests.directory import bulk, exports, house
from tests.inbox.matrix import KINDS, LEADS, ME, PHONE, SURNAME, Stands, World
from tests.swap import HTMX
from workspaces.models import Membership

pytestmark = pytest.mark.django_db
Worlds = Callable[[str], World]
STATES: dict[str, Callable[[Stands], bool]] = {
    ACTIVE: lambda at: not at.archived,
    ARCHIVED: lambda at: at.archived,
    EVERY: lambda at: True,
}
TOOLS = ["directory.export_leads", "directory.merge_leads", "directory.manage_tags"]


@pytest.fixture
def with_tools(world_of: Worlds) -> Worlds:
    """Whoever may export and merge at all; sellers see no more for it."""

    def make(name: str) -> World:
        world = world_of(name)
        if world.person.is_seller:
            Membership.objects.filter(pk=world.person.pk).update(tools=TOOLS)
        world.person = exports.read_anew(world.person)
        return world

    return make


@pytest.mark.parametrize("name", KINDS)
def test_the_directory_lists_counts_and_finds_those_in_sight(name: str, world_of: Worlds) -> None:
    world = world_of(name)
    place, every = world.at("directory:directory"), ",".join(map(str, world.ids.values()))
    for state, holds in STATES.items():
        expected = {lead for lead in world.kind.seen if holds(LEADS[lead])}
        for query in (
            "",
            "sort=name",
            "sort=-created",
            "sort=-value",
            "sort=stage",
            f"q={SURNAME}",
            "f=starred:yes",
        ):
            asked = f"state={state}&{query}"
            assert world.named(world.page(f"{place}?{asked}")) == expected, asked
            again = world.page(f"{world.at('directory:list_again')}?{asked}&ids={every}")
            assert world.named(again) == expected, f"again {asked}"
        counted = world.page(f"{world.at('directory:list_count')}?state={state}")
        assert f"{len(expected)} lead" in _words(counted), state
        mine = {lead for lead in expected if LEADS[lead].whose == ME}
        assert world.named(world.page(f"{place}?state={state}&f=assignee:me")) == mine
    alike = world.page(f"{world.at('directory:list_alike')}?state={EVERY}&q=Zapatta")
    assert world.named(alike) <= world.kind.seen


@pytest.mark.parametrize("name", KINDS)
def test_an_act_on_all_or_on_any_changes_those_in_sight(name: str, with_tools: Worlds) -> None:
    world = with_tools(name)
    with scope(world.owner.workspace):
        for selection in (Selection(state=EVERY), Selection(leads=tuple(world.ids.values()))):
            tag = house.tag(world.owner.workspace, f"tag {bool(selection.leads)}")
            act = bulk.do("tag", selection, by=world.person, tags={str(tag.pk): tag.name})
            worn = set(LeadTag.objects.filter(tag=tag).values_list("lead_id", flat=True))
            assert worn == {world.ids[lead] for lead in world.kind.seen}
            assert act.changed == len(worn)


@pytest.mark.parametrize("name", KINDS)
def test_a_file_holds_those_in_sight_and_no_phone_one_may_not_see(
    name: str,
    with_tools: Worlds,
    settings: Any,
    tmp_path: Any,
) -> None:
    world = with_tools(name)
    settings.MEDIA_ROOT = tmp_path
    for selection in (Selection(state=EVERY), Selection(leads=tuple(world.ids.values()))):
        content = exports.exported(world.person, selection).decode()
        assert world.named(content) == set(world.kind.seen)
        digits = "".join(one for one in content if one.isdigit() or one == "\n")
        assert (PHONE in digits) == world.kind.switches.get("sees_phones", True)


@pytest.mark.parametrize("name", KINDS)
def test_one_is_told_of_those_in_sight(name: str, world_of: Worlds) -> None:
    """Also where they were in sight when it was told, and are not any more."""
    world = world_of(name)
    person = exports.read_anew(world.person)
    with scope(world.owner.workspace):
        told = {
            lead
            for lead, pk in world.ids.items()
            if notifications.make(
                ASSIGNED, to=person, cause=lead, placement=Placement.objects.get(pk=pk), by=world.owner.pk
            )
        }
        assert told == set(world.kind.seen)
        Notification.objects.bulk_create(
            Notification(
                membership=person, lead_id=pk, kind=ASSIGNED, cause=lead, in_page=True, by=world.owner
            )
            for lead, pk in world.ids.items()
            if lead not in told
        )
    assert world.named(world.page(world.at("directory:notifications"))) == set(world.kind.seen)
    bell = _words(world.page(world.at("directory:notifications_bell")))
    assert str(len(world.kind.seen)) in bell.split()


@pytest.mark.parametrize("name", KINDS)
def test_pairs_are_asked_about_where_one_sees_both(name: str, with_tools: Worlds) -> None:
    world = with_tools(name)
    with scope(world.owner.workspace):
        DuplicatePair.objects.bulk_create(
            DuplicatePair(first_id=world.ids[one], second_id=world.ids[other], reasons=["phone"], score=90)
            for one, other in pairwise(LEADS)
        )
        of_luis = Q(first_id=world.ids["Luis"]) | Q(second_id=world.ids["Luis"])
        hidden = list(DuplicatePair.objects.filter(of_luis).values_list("pk", flat=True))
    asked = set()
    page = world.page(world.at("directory:duplicates"))
    while names := world.named(page):
        asked.add(frozenset(names))
        pair = next(pk for pk in _pairs_of(world) if f"/duplicates/{pk}/dismissal/" in page)
        world.client.post(world.at("directory:duplicate_dismissal", pk=pair), headers=HTMX)
        page = world.page(world.at("directory:duplicates"))
    both = {frozenset(two) for two in pairwise(LEADS) if set(two) <= world.kind.seen}
    assert asked == both
    if "Luis" not in world.kind.seen:
        for pk in hidden:
            for method in (world.client.post, world.client.delete):
                at = world.at("directory:duplicate_dismissal", pk=pk)
                assert method(at, headers=HTMX).status_code == 404


def _pairs_of(world: World) -> list[int]:
    with scope(world.owner.workspace):
        return list(DuplicatePair.objects.values_list("pk", flat=True))


def _words(page: str) -> str:
    return BeautifulSoup(page, "html.parser").get_text(" ", strip=True)
