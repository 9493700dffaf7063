"""Filters: by whatever way a list is read it is the same, and costs no more than it may."""

import itertools
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.tenancy import scope
from directory.models import LeadTag, Placement, Status
from funnels.models import Funnel
from inbox.actions import reading
from inbox.conversations import listing, paths
from inbox.conversations.filters import Filters
from inbox.conversations.wanted import Wanted
from inbox.models import Channel
from tests import cast
from tests.directory import house
from tests.inbox.conversations import talks
from tests.inbox.conversations.talks import names
from tests.swap import HTMX, Swapped
from workspaces.models import Membership, Team, TeamMember, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(owner: Membership, seller: Membership, other_seller: Membership) -> dict[str, Any]:
    """Forty conversations of every kind, told by chance that is the same each time."""
    chance = random.Random(7)
    workspace = owner.workspace
    with scope(workspace):
        funnel, other = house.funnel(workspace), house.funnel(workspace, "Menudeo", ("Nuevo",))
        channels = [talks.number(workspace), talks.number(workspace)]
        tags = [house.tag(workspace, name) for name in ("vip", "nada", "feria")]
        team = Team.objects.create(workspace=workspace, name="Norte")
        TeamMember.objects.create(workspace=workspace, team=team, membership=other_seller)
        first, _second, last = places = [*funnel.stages.all(), *other.stages.all()]
        stages = [None, *places]
        for place in range(40):
            said = ["Hola"] if chance.random() < 0.5 else ["Hola", ">Sí"]
            lead = talks.talk(
                workspace,
                chance.choice(channels),
                *said,
                name=f"L{place:02}",
                at=timezone.now() - timedelta(minutes=7 * place % 41, hours=1),
                window=timedelta(hours=chance.choice([-1, 2, 5])),
            )
            house.place(
                lead,
                stage=chance.choice(stages),
                assignee=chance.choice([None, owner, seller, other_seller]),
                status=chance.choice(Status.values),
                is_archived=chance.random() < 0.2,
                is_starred=chance.random() < 0.3,
            )
            for tag in tags[:1] if chance.random() < 0.4 else tags[2:] if chance.random() < 0.3 else ():
                LeadTag.objects.create(workspace=workspace, lead=lead, tag=tag)
            if chance.random() < 0.4:
                reading.mark_read(lead, by=owner, up_to=2**40)
    Membership.objects.filter(pk=seller.pk).update(sees_unassigned=True)
    mixed = house.grant(
        seller, by=owner, work_funnel=[funnel], see_all_leads=[other], write_channel=channels[:1]
    )
    return {
        "channel": channels[0].pk, "vip": tags[0].pk, "none": tags[1].pk, "feria": tags[2].pk, "team": team.pk,
        "stage": first.pk, "other": last.pk, "owner": owner, "own": other_seller,
        "mixed": mixed,
    }  # fmt: skip


LOOKS = [
    "tab=all", "tab=mine", "tab=unread", "tab=unassigned", "tab=starred", "tab=archived",
    "tab=all&order=waiting", "tab=all&order=window", "tab=unassigned&order=waiting",
]  # fmt: skip
FILTERS = [
    "owner={own}", "owner={own}&owner=0", "owner=0", "team={team}", "team={team}&owner={own}", "channel={channel}",
    "status=urgent&status=stuck", "status=neutral", "stage=0&stage={other}", "stage={stage}&status=pending",
    "tag={vip}&tag={feria}", "tag={none}", "reply=1", "reply=1&tag={vip}&stage=0", "channel={channel}&reply=1",
]  # fmt: skip


GATHERED = [one for one in FILTERS if "tag=" in one or "reply=" in one]


@pytest.mark.parametrize(("few", "held"), [(0, 0), (0, 100), (5_000, 0)], ids=["walked", "held", "gathered"])
def test_by_every_way_the_list_is_what_the_conditions_say(
    town: dict[str, Any], owner: Membership, monkeypatch: pytest.MonkeyPatch, few: int, held: int
) -> None:
    monkeypatch.setattr(paths, "FEW", few)
    monkeypatch.setattr(paths, "HELD", held)
    monkeypatch.setattr(listing, "PAGE", 100)
    found = 0
    # Every second of each is enough; to gather there is something only where tags or waiting are asked for.
    # And what is held is tags of the unread.
    looks = LOOKS if not held else ["tab=unread"]
    combined = list(itertools.product(looks, GATHERED if few or held else FILTERS))[:: 1 if held else 2]
    for person in (town["owner"], town["own"], town["mixed"]):
        with scope(owner.workspace):
            found += sum(_same(person, f"{look}&{said}", town) for look, said in combined)
    assert found > (10 if held else 50 if few else 200), "they find something"


@pytest.mark.parametrize("few", [0, 5_000], ids=["walked", "gathered"])
def test_who_sees_what_is_nobodys_beside_their_own_sees_the_same_by_every_way(
    town: dict[str, Any], owner: Membership, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Parts that all are somebody's or nobody's are walked apart, the unread ones, too."""
    monkeypatch.setattr(paths, "FEW", few)
    monkeypatch.setattr(listing, "PAGE", 100)
    free = town["own"]
    with scope(owner.workspace):
        Membership.objects.filter(pk=free.pk).update(sees_unassigned=True)
        funnel, _other = Funnel.objects.order_by("pk")
        free = house.grant(
            free, by=owner, work_funnel=[funnel], write_channel=[Channel.objects.order_by("pk")[0]]
        )
        looks = ["tab=all", "tab=unread", "tab=unassigned", "tab=archived", "tab=all&order=waiting"]
        found = sum(_same(free, f"{look}&{said}", town) for look in looks for said in FILTERS)
    assert found > 50, "they find something"


def _same(person: Membership, said: str, town: dict[str, Any]) -> int:
    """That a page, rows asked for again and a look at each of all agree; how many they are."""
    values = {
        name: getattr(value, "pk", value) for name, value in town.items() if name not in ("owner", "mixed")
    }
    wanted = Wanted.of(QueryDict(said.format(**values)), person)
    listed = [one.pk for one in listing.page(person, wanted, QueryDict())]
    everything = list(Placement.objects.values_list("pk", flat=True))
    again = {one.pk for one in listing.again(person, wanted, everything)}
    assert set(listed) == again, (person.user.name, wanted.query)
    assert again == set(_plainly(person, wanted, town)), (person.user.name, wanted.query)
    assert len(listed) == len(again), (person.user.name, wanted.query)
    return len(listed)


def _plainly(person: Membership, wanted: Wanted, town: dict[str, Any]) -> list[int]:
    """The same, looked through one by one."""
    filters: Filters = wanted.filters
    tagged = {one.lead_id for one in LeadTag.objects.filter(tag_id__in=filters.tags)}
    rows = Placement.objects.visible_to(person).filter(paths.in_tab(person, wanted.tab))
    # Who is in a team sees it, and the owner every one; to the third there is no such team.
    team = set() if person == town["mixed"] else {town["own"].pk}
    return [
        one.pk
        for one in rows
        if (not filters.owners or (one.assignee_id or 0) in filters.owners)
        and (not filters.teams or one.assignee_id in team)
        and (not filters.channels or one.channel_id in filters.channels)
        and (not filters.statuses or one.status in filters.statuses)
        and (not filters.stages or (one.stage_id or 0) in filters.stages)
        and (not filters.tags or one.pk in tagged)
        and (not filters.needs_reply or one.waiting_since is not None)
        and (wanted.order != "waiting" or one.waiting_since is not None)
        and (wanted.order != "window" or (one.window_ends_at or timezone.now()) > timezone.now())
    ]


@pytest.mark.parametrize("few", [0, 5_000], ids=["walked", "gathered"])
def test_pages_of_a_filtered_list_follow_each_other_in_order(
    town: dict[str, Any], owner: Membership, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(paths, "FEW", few)
    monkeypatch.setattr(listing, "PAGE", 3)
    with scope(owner.workspace):
        for query in (
            f"tag={town['vip']}",
            "reply=1&order=waiting",
            "status=urgent&status=stuck&status=done",
        ):
            wanted = Wanted.of(QueryDict(query), owner)
            page = listing.page(owner, wanted, QueryDict())
            seen = [one.pk for one in page]
            while page.next:
                page = listing.page(owner, wanted, {"after": page.next})
                seen += [one.pk for one in page]
            key = "waiting_since" if "waiting" in query else "-last_activity_at"
            tie = "pk" if "waiting" in query else "-pk"
            everything = Placement.objects.filter(
                paths.kept(wanted.tab), wanted.filters.condition(None)
            ).order_by(key, tie)
            assert seen == [one.pk for one in everything]
            assert len(seen) > 3


def test_what_the_address_says_is_put_right(owner: Membership) -> None:
    said = "tag=3&tag=x&tag=-1&tag=3&status=urgent&status=rude&owner=0&reply=1&stage=9999999999999999999999&team="
    wanted = Wanted.of(QueryDict(said), owner)
    assert wanted.query == "?owner=0&tag=3&status=urgent&reply=1"
    assert Wanted.of(QueryDict(wanted.query[1:]), owner) == wanted
    many = "&".join(f"tag={number}" for number in range(500))
    assert len(Wanted.of(QueryDict(many), owner).filters.tags) == 50
    assert wanted.toggled("tags", 3) == "?owner=0&status=urgent&reply=1"
    assert wanted.without("needs_reply") == "?owner=0&tag=3&status=urgent"
    assert wanted.cleared == ""


def test_what_is_of_another_workspace_matches_nothing_and_has_no_name(
    town: dict[str, Any], outsider: Membership
) -> None:
    """Nor does what a seller may not see: a team they are not in has no people for them."""
    with scope(outsider.workspace):
        talks.talk(outsider.workspace, talks.number(outsider.workspace), "Hola", assignee=outsider)
    theirs = cast.signed_in(outsider)
    at = f"/w/{outsider.workspace.public_id}/conversations/"
    for query in (f"tag={town['vip']}", f"owner={town['own'].pk}", f"team={town['team']}", f"stage={town['stage']}",
                  f"channel={town['channel']}"):  # fmt: skip
        page = theirs.get(f"{at}?{query}")
        assert names(page) == []
        assert ">Unknown" in page.content.decode()
    assert "vip" not in theirs.get(f"{at}filters/?field=tags").content.decode()
    assert theirs.get(f"{at}filters/?field=secrets").status_code == 404
    mixed = cast.signed_in(town["mixed"])
    page = mixed.get(f"/w/{town['mixed'].workspace.public_id}/conversations/?tab=all&team={town['team']}")
    assert names(page) == []
    assert "Norte" not in page.content.decode()


def test_words_are_looked_for_among_what_the_filters_leave(town: dict[str, Any], owner: Membership) -> None:
    client, at = cast.signed_in(owner), f"/w/{owner.workspace.public_id}/conversations/"
    both = set(names(client.get(f"{at}?q=L0&tag={town['vip']}")))
    with scope(owner.workspace):
        tagged = set(
            LeadTag.objects.filter(tag_id=town["vip"], lead__name__startswith="L0").values_list(
                "lead__name", flat=True
            )
        )
    assert both == tagged
    assert both


@pytest.mark.parametrize("who", ["owner", "own", "mixed"])
def test_a_filtered_list_costs_nine_queries_beside_the_frame(town: dict[str, Any], who: str) -> None:
    client = cast.signed_in(town[who])
    every = (
        f"owner={town['own'].pk}&owner=0&team={town['team']}&channel={town['channel']}&tag={town['vip']}"
        f"&status=urgent&stage={town['stage']}&stage=0&reply=1"
    )
    for query in (every, "tab=all&reply=1", f"tab=all&tag={town['vip']}", f"tab=all&team={town['team']}"):
        at = f"/w/{town[who].workspace.public_id}/conversations/?{query}"
        client.get(at)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(at).status_code == 200
        kept = [one for one in asked if not one["sql"].startswith(("SET ", "SAVEPOINT", "RELEASE", "BEGIN"))]
        frame = 3 if who == "owner" else 5  # a seller's grants, and what of their own waits
        assert len(kept) <= frame + 9, [one["sql"][:90] for one in kept]


@pytest.fixture
def at(workspace: Workspace) -> Callable[..., str]:
    return lambda rest="": f"/w/{workspace.public_id}/conversations/{rest}"


def test_a_filter_chosen_leaves_the_page_that_its_address_shows(
    owner: Membership, town: dict[str, Any], at: Callable[..., str]
) -> None:
    client: Client = cast.signed_in(owner)
    page = Swapped(client.get(at()))
    page.apply(client.get(at("filters/"), headers=HTMX), trigger="#talks-filters")
    page.apply(
        client.get(at("filters/?field=tags"), headers=HTMX), trigger='#talks-filters [hx-get$="field=tags"]'
    )
    option = page.tree.select_one('#talks-filters [role="menuitemcheckbox"]')
    assert option.get_text(strip=True) == "feria"
    chosen = str(option["hx-get"])
    page.apply(client.get(chosen, headers=HTMX), trigger=f'#talks-filters [hx-get="{chosen}"]')
    page.assert_same(client.get(chosen), ignore=("#conversation",))
    off = page.tree.select_one(".chip-off")
    page.apply(client.get(str(off["hx-get"]), headers=HTMX), trigger=".chip-off")
    page.assert_same(client.get(at()), ignore=("#conversation",))


def test_how_long_somebody_waits_is_said_where_it_is_sorted_by(
    owner: Membership, workspace: Workspace, at: Callable[..., str]
) -> None:
    with scope(workspace):
        channel: Channel = talks.number(workspace)
        talks.talk(workspace, channel, "Hola", at=timezone.now() - timedelta(hours=3))
    client = cast.signed_in(owner)
    assert "talk-waits" in client.get(at("?order=waiting")).content.decode()
    assert "talk-waits" not in client.get(at()).content.decode()
