"""What the board shows, to whom, in which order, and what it costs."""

import datetime as dt
import itertools
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.tenancy import scope
from directory.actions import placements
from directory.models import Lead, Placement
from directory.visibility import ways_into_column
from funnels.board import columns
from funnels.board.counts import bounded, by_tallies
from funnels.board.look import Look
from inbox.models import Message
from tests.directory import house
from tests.funnels.board import Looking, Stand, stand
from tests.inbox import house as inbox
from workspaces.models import Membership, User, Workspace

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def board(workspace: Workspace) -> Stand:
    return stand(workspace)


def ago(hours: float) -> dt.datetime:
    return timezone.now() - hours * HOUR


def test_a_workspace_without_funnels_is_told_what_to_do_next(
    owner: Membership, seller: Membership, client_of: Callable
) -> None:
    path = f"/w/{owner.workspace.public_id}/board/"
    assert "settings/funnels/new/" in client_of(owner).get(path).content.decode()
    assert "Ask an admin" in client_of(seller).get(path).content.decode()


def test_the_main_funnel_opens_with_the_inbox_first(
    owner: Membership, board: Stand, client_of: Callable
) -> None:
    board.lead("Nora")
    board.lead("Marta", board.second)
    page = client_of(owner).get(f"/w/{board.workspace.public_id}/board/").content.decode()
    assert page.index("column-0-name") < page.index(f"column-{board.first.pk}-name")
    assert page.index("Nora") < page.index("Marta")


def test_orders(owner: Membership, board: Stand) -> None:
    now = timezone.now()
    board.lead(
        "old", board.first, last_activity_at=ago(3), created_at=ago(1), waiting_since=None, position="c"
    )
    board.lead(
        "waits", board.first, last_activity_at=ago(2), created_at=ago(9), waiting_since=ago(2), position="b"
    )
    board.lead(
        "longest", board.first, last_activity_at=now, created_at=ago(5), waiting_since=ago(6), position="a"
    )
    assert Looking(owner, board).names(board.first) == ["longest", "waits", "old"]
    assert Looking(owner, board, "sort=waiting").names(board.first) == ["longest", "waits", "old"]
    assert Looking(owner, board, "sort=created").names(board.first) == ["old", "longest", "waits"]
    assert Looking(owner, board, "sort=manual").names(board.first) == ["longest", "waits", "old"]
    assert Looking(owner, board, "sort=nonsense&assignee=x&outcome=y").names(board.first)[0] == "longest"


@pytest.mark.parametrize("sort", ["last", "waiting", "created", "manual"])
def test_a_column_goes_on_below_its_last_card_until_it_ends(
    owner: Membership, board: Stand, sort: str
) -> None:
    for number in range(9):
        moment = ago(number // 2)  # some at the same moment
        waiting = moment if number % 3 else None
        board.lead(
            str(number), board.first, last_activity_at=moment, created_at=moment, waiting_since=waiting
        )
    look = Look(sort=sort)
    with scope(board.workspace):
        whole = columns.read(owner, look, funnel=board.funnel.pk, stages=[board.first.pk], limit=20)
        seen, after = [], ""
        while True:
            part = columns.read(
                owner,
                look,
                funnel=board.funnel.pk,
                stages=[board.first.pk],
                inbox=False,
                after=after,
                limit=2,
            )[board.first.pk]
            seen += [row.pk for row in part.rows]
            if not part.has_more:
                break
            after = look.order.key(part.rows[-1])
        assert seen == [row.pk for row in whole[board.first.pk].rows]


def test_a_key_that_no_column_gave_out_is_no_place(
    owner: Membership, board: Stand, client_of: Callable
) -> None:
    for sort, key in itertools.product(("last", "waiting", "manual"), ("x", "9", "..", "1" * 40, "é.1")):
        response = client_of(owner).get(f"{board.at}more/?column=0&sort={sort}&after={key}")
        assert response.status_code == 404


def test_filters_stand_in_the_address(owner: Membership, seller: Membership, board: Stand) -> None:
    with scope(board.workspace):
        vip = house.tag(board.workspace)
    board.lead("Ámbar", board.first, assignee=seller, tags=[vip], status="urgent", channel_id=7)
    board.lead("Bruno", board.first)
    board.lead("lost", board.first, outcome="lost", closed_at=timezone.now())
    board.lead("put away", board.first, is_archived=True)
    for query in (f"assignee={seller.pk}", f"tag={vip.pk}", "status=urgent", "channel=7", "q=ambar", "q=á"):
        assert Looking(owner, board, query).names(board.first) == ["Ámbar"], query
    assert Looking(owner, board, "assignee=0").names(board.first) == ["Bruno"]
    assert Looking(owner, board, f"assignee=0&assignee={seller.pk}").names(board.first) == ["Bruno", "Ámbar"]
    assert Looking(owner, board, "outcome=lost").names(board.first) == ["lost"]
    assert Looking(owner, board, "archived=1").names(board.first) == ["put away"]
    assert Looking(owner, board, "q=nobody").names(board.first) == []


@pytest.mark.parametrize("sees_unassigned", [True, False])
@pytest.mark.parametrize(
    "granted", [{}, {"work_funnel"}, {"see_all_leads"}, {"work_funnel", "see_all_leads"}]
)
def test_the_ways_into_a_column_are_what_a_seller_sees(
    owner: Membership,
    seller: Membership,
    other_seller: Membership,
    board: Stand,
    sees_unassigned: bool,
    granted: set[str],
) -> None:
    stages = [None, board.first, board.second]
    for who, stage, channel in itertools.product((None, seller, other_seller), stages, (None, 5, 6)):
        board.lead("x", stage, assignee=who, channel_id=channel)
    with scope(board.workspace):
        seller = house.grant(seller, by=owner, **{name: [board.funnel] for name in granted})
        seller.sees_unassigned = sees_unassigned
        visible = Placement.objects.visible_to(seller)
        for stage in stages:
            column = Q(stage_id=stage.pk if stage else None)
            ways = ways_into_column(seller, board.funnel.pk if stage else None)
            found = [
                pk
                for way in ways
                for pk in Placement.objects.filter(way, column).values_list("pk", flat=True)
            ]
            assert sorted(found) == sorted(visible.filter(column).values_list("pk", flat=True))
        look, pks = Look(), [board.first.pk, board.second.pk]
        known = by_tallies(seller, look, funnel=board.funnel.pk, stages=pks)
        assert known == {
            pk: one for pk, one in bounded(seller, look, columns=[0, *pks]).items() if pk in known
        }


def test_a_seller_without_the_funnel_has_no_such_board(
    seller: Membership, board: Stand, client_of: Callable
) -> None:
    assert client_of(seller).get(board.at).status_code == 404


def test_counts_are_of_tallies_or_counted_apart(owner: Membership, board: Stand) -> None:
    with scope(board.workspace):
        vip = house.tag(board.workspace)
    for number in range(3):
        board.lead(str(number), board.first, tags=[vip] if number else [])
    looking = Looking(owner, board)
    assert (looking.count(None), looking.count(board.first)) == ("0", "3")
    looking = Looking(owner, board, f"tag={vip.pk}")
    assert looking.count(board.first) == ""
    looking.take(looking.client.get(f"{board.at}counts/?tag={vip.pk}"))
    assert looking.count(board.first) == "2"


def test_what_people_wrote_is_text(owner: Membership, board: Stand) -> None:
    # Cards escape once, by themselves.
    evil = """<img src=x onerror=alert(1)> & "it's" </a>"""
    User.objects.filter(pk=owner.user_id).update(name=evil)
    channel = inbox.channel(board.workspace, name=evil[:40])
    with scope(board.workspace):
        tags = [house.tag(board.workspace, name=name) for name in ('"><b>1', "'><b>2")]
    lead = board.lead(evil, board.first, tags=tags, assignee=owner)
    inbox.post(channel, inbox.text(evil, phone="5215512345678"), name=evil)
    inbox.work_off()
    with scope(board.workspace):
        said = Placement.objects.get(last_message_id__isnull=False)
        house.place(lead, last_message_id=said.last_message_id, channel_id=channel.pk)
        Message.objects.update(lead=lead)
    card = Looking(owner, board).page.tree.select_one(f"#card-{lead.pk}")
    assert card.select_one(".card-name").get_text() == evil
    assert card.select_one(".card-said").get_text() == evil
    assert card.select_one(".avatar")["title"] == evil
    assert card.select_one(".channel-mark")["title"] == evil[:40]
    assert [card.select_one(".tag").get_text(), card.select_one(".tag-more")["title"]] == ['"><b>1', "'><b>2"]
    assert not card.select("img, b")


def test_who_has_no_name_is_called_by_the_oldest_phone(owner: Membership, board: Stand) -> None:
    nameless = board.lead("", board.first, phone="+52 55 1234 5678", email="a@example.com")
    written = board.lead("", board.second, email="b@example.com")
    board.lead("", None)
    looking = Looking(owner, board)
    assert (looking.names(board.first), looking.names(board.second)) == (
        ["+52 55 1234 5678"],
        ["b@example.com"],
    )
    assert looking.names(None) == ["No name"]
    looking.hear(nameless, written)
    looking.assert_same()


@pytest.mark.parametrize(("person", "frame"), [("owner", 4), ("seller", 7)])
def test_a_board_costs_six_queries_beside_the_frame_however_many_cards(
    request: pytest.FixtureRequest,
    owner: Membership,
    seller: Membership,
    board: Stand,
    person: str,
    frame: int,
) -> None:
    # The frame: session, person, membership, a seller's grants of three kinds, what waits.
    with scope(board.workspace):
        seller = house.grant(seller, by=owner, work_funnel=[board.funnel])
        tag = house.tag(board.workspace)
    for number in range(12):
        stage = (None, board.first, board.second)[number % 3]
        name = str(number) if number else ""
        board.lead(name, stage, assignee=seller, tags=[tag], last_message_id=number + 1)
    looking = Looking({"owner": owner, "seller": seller}[person], board)
    with CaptureQueriesContext(connection) as asked:
        looking.client.get(looking.address)
    assert len(asked) <= frame + 6, [query["sql"][-140:] for query in asked.captured_queries[2:]]


def test_a_columns_head_says_what_its_leads_may_be_worth(owner: Membership, board: Stand) -> None:
    for name, amount in (("Nora", "1200.40"), ("Marta", "300"), ("Luis", None)):
        lead = board.lead(name, board.first)
        with scope(board.workspace):
            placements.set_value(lead.pk, by=owner, value=Decimal(amount) if amount else None)
    with scope(board.workspace):
        nora = Lead.objects.get(name="Nora")
    view = Looking(owner, board)
    assert view.count(board.first) == "3MX$1,500"
    assert view.count(board.second) == "0"
    assert [one.get_text() for one in view.page.tree.select(".card-value")] == ["MX$300", "MX$1,200.40"]
    view.act("moves", lead=nora.pk, stage=board.second.pk)
    assert (view.count(board.first), view.count(board.second)) == ("2MX$300", "1MX$1,200")
    view.assert_same()
    with scope(board.workspace):
        counted = bounded(owner, Look.of(QueryDict("tag=1"), owner), columns=[board.first.pk])
    assert counted[board.first.pk].money == ""
