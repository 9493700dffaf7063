"""The list: who sees what, in what order, how much it costs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.tenancy import scope
from directory.actions import tags
from directory.models import Placement
from inbox.actions import reading
from inbox.conversations import listing
from inbox.models import Channel
from tests import cast
from tests.directory import house
from tests.inbox.conversations import talks
from tests.inbox.conversations.talks import names
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(workspace: Workspace) -> Callable[[str], str]:
    return lambda rest="": f"/w/{workspace.public_id}/conversations/{rest}"


@pytest.fixture
def number(workspace: Workspace) -> Channel:
    with scope(workspace):
        return talks.number(workspace)


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


def test_each_tab_and_order_shows_its_own(
    client: Client, at: Callable[[str], str], owner: Membership, seller: Membership, number: Channel
) -> None:
    ago = timezone.now() - timedelta(hours=5)
    with scope(owner.workspace):
        mine = talks.talk(owner.workspace, number, "Hola", name="Mine", assignee=owner, at=ago)
        talks.talk(owner.workspace, number, "Hola", ">Sí", name="Answered", assignee=seller)
        talks.talk(owner.workspace, number, "Hola", name="Free", window=timedelta(hours=2))
        away = talks.talk(owner.workspace, number, "Hola", name="Archived")
        Placement.objects.filter(pk=away.pk).update(is_archived=True)
        Placement.objects.filter(pk=mine.pk).update(is_starred=True)
        reading.mark_read(mine, by=owner, up_to=2**40)
    assert set(names(client.get(at("")))) == {"Mine", "Answered", "Free"}
    assert names(client.get(at("?tab=mine"))) == ["Mine"]
    assert names(client.get(at("?tab=unassigned"))) == ["Free"]
    assert set(names(client.get(at("?tab=unread")))) == {"Answered", "Free"}
    assert names(client.get(at("?tab=archived"))) == ["Archived"]
    assert names(client.get(at("?tab=starred"))) == ["Mine"]
    assert names(client.get(at("?order=waiting"))) == ["Mine", "Free"]
    assert names(client.get(at("?order=window")))[0] == "Free"
    assert names(client.get(at("?q=answ"))) == ["Answered"]


def test_a_search_says_that_it_found_more_than_it_lists(
    at: Callable[[str], str],
    owner: Membership,
    number: Channel,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "MOST_FOUND", 2)
    with scope(owner.workspace):
        talks.talk(owner.workspace, number, "Hola", name="Marta Ruiz")
        assert "say more to find fewer" not in client.get(at("?q=mart")).content.decode()
        for name in ("Marta Gil", "Martín Paz"):
            talks.talk(owner.workspace, number, "Hola", name=name)
    page = client.get(at("?q=mart"))
    assert len(names(page)) == 2
    assert "say more to find fewer" in page.content.decode()


def test_a_seller_sees_their_own_and_only_those(
    at: Callable[[str], str], owner: Membership, seller: Membership, number: Channel
) -> None:
    with scope(owner.workspace):
        talks.talk(owner.workspace, number, "Hola", name="Theirs", assignee=seller)
        other = talks.talk(owner.workspace, number, "Hola", name="Another's", assignee=owner)
    theirs = cast.signed_in(seller)
    assert names(theirs.get(at(""))) == ["Theirs"]
    assert names(theirs.get(at("?tab=all"))) == ["Theirs"]
    assert names(theirs.get(at(f"again/?ids={other.pk}"))) == []
    assert theirs.get(at(f"{other.pk}/")).status_code == 404


def test_pages_follow_each_other_without_a_gap(
    client: Client, at: Callable[[str], str], owner: Membership, number: Channel
) -> None:
    now = timezone.now()
    with scope(owner.workspace):
        for place in range(35):
            talks.talk(
                owner.workspace, number, "Hola", name=f"L{place:02}", at=now - timedelta(minutes=place)
            )
    first = client.get(at(""))
    following = first.content.decode().split('hx-get="')
    more = next(part.split('"')[0] for part in following if "after=" in part.split('"')[0])
    second = client.get(more.replace("&amp;", "&"), headers={"HX-Request": "true"})
    assert [*names(first), *names(second)] == [f"L{place:02}" for place in range(35)]


def test_what_changed_is_asked_for_by_id_and_leaves_a_tab_it_is_no_longer_in(
    client: Client, at: Callable[[str], str], owner: Membership, number: Channel
) -> None:
    with scope(owner.workspace):
        lead = talks.talk(owner.workspace, number, "Hola", assignee=owner)
    assert names(client.get(at(f"again/?tab=mine&ids={lead.pk},99999"))) == ["Marta Ruiz"]
    with scope(owner.workspace):
        Placement.objects.filter(pk=lead.pk).update(assignee=None)
    assert names(client.get(at(f"again/?tab=mine&ids={lead.pk}"))) == []


def test_what_people_are_called_and_say_is_text_on_one_row(
    client: Client, at: Callable[[str], str], owner: Membership, number: Channel
) -> None:
    with scope(owner.workspace):
        talks.talk(owner.workspace, number, "<img src=x>\n\u202eabc", name="<b>Eva</b>\u200b")
    page = client.get(at("")).content.decode()
    assert "<b>Eva" not in page
    assert "<img src=x>" not in page
    assert "<bdi>&lt;b&gt;Eva" in page


@pytest.mark.parametrize("amount", [1, 30])
def test_the_list_costs_the_same_whatever_is_in_it(
    client: Client, at: Callable[[str], str], owner: Membership, number: Channel, amount: int
) -> None:
    with scope(owner.workspace):
        for _place in range(amount):
            talks.talk(owner.workspace, number, "Hola", ">Sí", "¿Cuándo?")
    client.get(at(""))
    with CaptureQueriesContext(connection) as asked:
        client.get(at(""))
    assert len(asked) <= 3 + 9, [one["sql"][:90] for one in asked.captured_queries]


def test_an_empty_house_says_what_to_do(
    at: Callable[[str], str], owner: Membership, seller: Membership
) -> None:
    assert "Connect a channel" in cast.signed_in(owner).get(at("")).content.decode()
    assert "An admin of your workspace" in cast.signed_in(seller).get(at("")).content.decode()


def test_what_people_wrote_is_never_markup_in_a_row(owner: Membership, number: Channel) -> None:
    bad = "<b onclick=x>&\"'"
    with scope(owner.workspace):
        lead = talks.talk(owner.workspace, number, bad, name=bad, assignee=owner)
        owner.user.name = bad
        owner.user.save(update_fields=["name"])
        tags.put_on(lead, house.tag(owner.workspace, "<i>vip"), by=owner)
        Channel.objects.update(name="<u>Ventas")
    page = cast.signed_in(owner).get(f"/w/{owner.workspace.public_id}/conversations/?tab=all")
    html = page.content.decode()
    row = html[html.index('id="talks-rows"') :]
    assert "<b onclick" not in row
    assert "<i>vip" not in row
    assert "<u>Ventas" not in row
    assert "&amp;lt;" not in row
    tree = BeautifulSoup(html, "html.parser").select_one(".talk")
    assert tree.select_one(".talk-name bdi").get_text() == bad
    assert tree.select_one(".talk-whose .avatar")["title"] == bad
    assert tree.select_one(".channel-mark")["title"] == "<u>Ventas"
    assert tree.select_one(".talk-foot .tag").get_text() == "<i>vip"
