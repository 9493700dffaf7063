"""The language of filters on the board: beside its own filters it finds what they find, in columns, list, counts."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict
from django.utils import timezone

from crm.tenancy import scope
from directory.listing import paths
from directory.models import Tag
from tests.directory import house
from tests.funnels.board import Looking, Stand, stand
from tests.swap import HTMX, Swapped
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(workspace: Workspace, seller: Membership) -> Stand:
    found = stand(workspace)
    with scope(workspace):
        vip = house.tag(workspace)
    for number in range(12):
        found.lead(
            f"L{number:02}",
            (None, found.first, found.second)[number % 3],
            assignee=seller if number % 2 else None,
            status="urgent" if number % 4 < 2 else "neutral",
            tags=[vip] if number % 5 < 2 else [],
            is_archived=number == 11,
            **({"outcome": "lost", "closed_at": timezone.now()} if number == 10 else {}),
        )
    return found


@pytest.mark.parametrize("few", [0, 5_000], ids=["walked", "gathered"])
@pytest.mark.parametrize("who", ["owner", "seller"])
def test_what_both_can_say_is_one_board(
    owner: Membership,
    seller: Membership,
    board: Stand,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    who: str,
) -> None:
    monkeypatch.setattr(paths, "FEW", few)
    with scope(board.workspace):
        seller = house.grant(seller, by=owner, work_funnel=[board.funnel])
        vip = Tag.objects.get().pk
    person = {"owner": owner, "seller": seller}[who]
    found = 0
    for own, text in (
        ("status=urgent", "status:urgent"),
        (f"tag={vip}", f"tag:{vip}"),
        (f"assignee={seller.pk}&assignee=0", f"assignee:{seller.pk},none"),
        ("q=L0", 'name^L0 not name:"nobody"'),
        ("channel=9", "channel:9"),
    ):
        for look in ("sort=created&", "sort=manual&archived=1&outcome=any&"):
            by_own = Looking(person, board, look + own)
            by_text = Looking(person, board, f"{look}f={text}")
            for column in (None, board.first, board.second):
                assert by_text.names(column) == by_own.names(column), (look, text)
                found += len(by_text.names(column))
            for looking in (by_own, by_text):
                query = looking.address.partition("?")[2]
                looking.take(looking.client.get(f"{board.at}counts/?{query}"))
            counts = [[one.count(column) for column in (None, board.first)] for one in (by_own, by_text)]
            assert counts[0] == counts[1]
            listed = [
                [
                    one.get_text()
                    for one in Swapped(by_own.client.get(f"{board.at}?view=list&{look}{said}")).tree.select(
                        ".list-name"
                    )
                ]
                for said in (own, f"f={text}")
            ]
            assert listed[0] == listed[1]
    assert found > 20


def test_acts_and_news_are_as_the_page_is_looked_at(owner: Membership, board: Stand) -> None:
    looking = Looking(owner, board, "f=status:urgent&sort=created")
    with scope(board.workspace):
        lead = board.lead_named(looking.names(board.first)[0])
    looking.act("moves", lead=lead.pk, stage=board.second.pk)
    assert lead.name in looking.names(board.second)
    looking.act("statuses", lead=lead.pk, status="done")
    assert lead.name not in looking.names(board.second), "it is not looked at any more"
    looking.assert_same()
    assert looking.act("statuses", lead=lead.pk, status="urgent").status_code == 200
    assert lead.name in looking.names(board.second)
    assert looking.count(board.first) == "", "tallies do not know it"


def test_the_dialog_leads_back_to_this_board_as_it_was(owner: Membership, board: Stand) -> None:
    looking = Looking(owner, board, "sort=created&status=urgent&view=list")
    fields = looking.page.tree.select_one("#board-fields")
    menu = BeautifulSoup(
        looking.client.get(str(fields["hx-get"]), headers=HTMX).content.decode(), "html.parser"
    )
    opened = looking.client.get(str(menu.select_one('[hx-get*="field=city"]')["hx-get"]), headers=HTMX)
    dialog = BeautifulSoup(opened.content.decode(), "html.parser")
    form = QueryDict(mutable=True)
    for one in dialog.select("form input[type=hidden]"):
        form.appendlist(str(one["name"]), str(one.get("value", "")))
    form.update({"field-0": "city", "way-0": "none", "apply": "1"})
    answer = looking.client.get(f"{dialog.select_one('form')['hx-get']}?{form.urlencode()}", headers=HTMX)
    leads_to = json.loads(answer.headers["HX-Location"])
    assert (leads_to["target"], leads_to["select"]) == ("#board", "#board")
    assert leads_to["path"].startswith(f"{board.at}?")
    said = {"sort": "created", "status": "urgent", "view": "list"}
    assert dict(parse_qsl(urlsplit(leads_to["path"]).query)) == {**said, "f": "city:none"}
    tree = Swapped(looking.client.get(leads_to["path"])).tree
    chip = tree.select_one(".filter-chip")
    assert "City" in chip.get_text()
    assert dict(parse_qsl(urlsplit(str(chip.select_one(".chip-off")["hx-get"])).query)) == said
    assert tree.select_one("form.board-search input[name=f]")["value"] == "city:none"
    assert dict(parse_qsl(urlsplit(str(tree.select_one(".chip-clear")["hx-get"])).query)) == {
        "sort": "created",
        "view": "list",
    }
    deep = "city:a or (city:b (city:c or (city:d (city:e or city:f))))"
    complex_part = f"f={deep}&part=0&in=board&of=1&rest=sort%3Dcreated"
    at = str(dialog.select_one("form")["hx-get"])
    as_text = looking.client.get(f"{at}?{complex_part}", headers=HTMX).content.decode()
    assert 'name="sort" value="created"' in as_text


@pytest.mark.parametrize("view", ["", "view=list&"])
def test_what_cannot_be_read_is_told_and_nothing_is_lost(owner: Membership, board: Stand, view: str) -> None:
    looking = Looking(owner, board, f"{view}tag=3&f=status:angry")
    tree = looking.page.tree
    assert not tree.select("[data-card], .list-name")
    assert tree.select_one(".directory-text input[name=f]")["value"] == "status:angry"
    assert tree.select_one(".directory-text input[name=tag]")["value"] == "3"
    assert "angry" in tree.select_one(".directory-text .callout").get_text()
    with scope(board.workspace):
        lead = board.lead_named("L00").pk
    for part in ("counts/?", f"news/?lead={lead}&", f"more/?column={board.first.pk}&"):
        for text in ("status:angry", "phone~abc", "(((", "tag:9223372036854775807", "custom.none:1"):
            assert looking.client.get(f"{board.at}{part}f={text}", headers=HTMX).status_code == 200
