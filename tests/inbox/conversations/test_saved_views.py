"""Saved views: whose they are, what they keep, and what they do when what they name is gone."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from crm.tenancy import scope
from directory.actions import tags as tag_acts
from directory.models import Tag
from inbox.models import SavedView
from tests import cast
from tests.directory import house
from tests.inbox.conversations import talks
from tests.inbox.conversations.talks import names
from tests.swap import HTMX, Swapped
from workspaces.models import AuditEntry, Membership, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(workspace: Workspace) -> Callable[..., str]:
    return lambda rest="": f"/w/{workspace.public_id}/conversations/{rest}"


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


def shown(client: Client, address: str) -> list[str]:
    tree = BeautifulSoup(client.get(address).content.decode(), "html.parser")
    return [one.get_text(strip=True) for one in tree.select("#talks-views .talks-view bdi")]


def looking(address: str) -> dict[str, str]:
    """Sent by a page that looks at this."""
    return {**HTMX, "HX-Current-URL": f"http://testserver{address}"}


def test_what_one_sees_is_kept_under_a_name_and_found_again(
    client: Client, at: Callable[..., str], owner: Membership
) -> None:
    with scope(owner.workspace):
        channel = talks.number(owner.workspace)
        tag = house.tag(owner.workspace)
        talks.talk(owner.workspace, channel, "Hola", name="Otra")
        lead = talks.talk(owner.workspace, channel, "Hola", name="Eva")
        tag_acts.put_on(lead, tag, by=owner)
    here = at(f"?tag={tag.pk}&reply=1")
    page = Swapped(client.get(here))
    form = client.get(at(f"views/new/?tag={tag.pk}&reply=1"), headers=looking(here))
    said = BeautifulSoup(form.content.decode(), "html.parser").select_one("[name=query]")["value"]
    answer = client.post(
        at("views/new/"), {"name": " VIP  sin respuesta ", "icon": "⏳", "query": said}, headers=looking(here)
    )
    assert "dialog:close" in answer.headers["HX-Trigger"]
    page.apply(answer, trigger="#talks-views")
    page.assert_same(client.get(here), ignore=("#conversation",))
    [view] = page.tree.select("#talks-views a")
    assert view["aria-current"] == "page"
    assert view.get_text() == "⏳VIP sin respuesta"
    assert names(client.get(str(view["href"]))) == ["Eva"]
    assert "Save as a view" not in str(page.tree.select_one("#talks-chips"))


def test_ones_own_are_ones_own_and_shared_ones_everybodys(
    client: Client, at: Callable[..., str], owner: Membership, seller: Membership, outsider: Membership
) -> None:
    theirs, stranger = cast.signed_in(seller), cast.signed_in(outsider)
    client.post(
        at("views/new/"), {"name": "De todos", "query": "order=waiting", "shared": "on"}, headers=HTMX
    )
    client.post(at("views/new/"), {"name": "Mía", "query": "tab=mine"}, headers=HTMX)
    # A seller who may not share keeps it for themselves, whatever is posted.
    theirs.post(at("views/new/"), {"name": "Suya", "query": "tab=unread", "shared": "on"}, headers=HTMX)
    assert shown(client, at()) == ["De todos", "Mía"]
    assert shown(theirs, at()) == ["De todos", "Suya"]
    with scope(owner.workspace):
        of_all, mine, own = SavedView.objects.order_by("pk")
        assert (of_all.is_shared, mine.membership_id, own.membership_id) == (True, owner.pk, seller.pk)
    assert theirs.post(at(f"views/{mine.pk}/removal/")).status_code == 404
    assert theirs.post(at(f"views/{of_all.pk}/removal/")).status_code == 403
    assert theirs.post(at(f"views/{of_all.pk}/"), {"name": "x"}).status_code == 403
    assert theirs.post(at("views/order/"), {"order": [of_all.pk], "shared": "1"}).status_code == 403
    assert client.post(at(f"views/{own.pk}/removal/")).status_code == 404
    there = f"/w/{outsider.workspace.public_id}/conversations/views/{of_all.pk}/"
    assert stranger.get(there).status_code == 404
    assert stranger.post(f"{there}removal/").status_code == 404
    with scope(owner.workspace):
        assert AuditEntry.objects.filter(target="De todos").count() == 1
        assert not AuditEntry.objects.filter(target__in=["Mía", "Suya"]).exists()


def test_they_are_renamed_put_in_order_and_deleted(
    client: Client, at: Callable[..., str], owner: Membership
) -> None:
    for name in ("Una", "Dos", "Tres"):
        client.post(at("views/new/"), {"name": name, "query": f"q={name}"}, headers=HTMX)
    with scope(owner.workspace):
        one, two, three = SavedView.objects.order_by("pk")
    client.post(at("views/order/"), {"order": [three.pk, one.pk]}, headers=looking(at()))
    assert shown(client, at()) == ["Tres", "Una", "Dos"]
    here = at("?order=window&status=urgent")
    changed = {"name": "Dos y media", "icon": "", "query": ["q=Dos", "order=window&status=urgent"]}
    client.post(at(f"views/{two.pk}/"), changed, headers=looking(here))
    client.post(at(f"views/{one.pk}/removal/"), headers=looking(here))
    page = BeautifulSoup(client.get(here).content.decode(), "html.parser")
    assert [one.get_text(strip=True) for one in page.select("#talks-views a[aria-current]")] == [
        "Dos y media"
    ]
    assert shown(client, at()) == ["Tres", "Dos y media"]
    refused = client.post(at("views/new/"), {"name": "\u200b", "icon": "AB", "query": ""}, headers=HTMX)
    assert refused.status_code == 422
    long = "&".join(f"tag={10**12 + number}" for number in range(50))
    long += "".join(f"&stage={10**12 + number}&owner={10**12 + number}" for number in range(50))
    too_long = client.post(at("views/new/"), {"name": "Larga", "query": long}, headers=HTMX)
    assert too_long.status_code == 422
    assert shown(client, at()) == ["Tres", "Dos y media"]


def test_a_view_of_what_is_gone_or_not_seen_finds_nothing_and_says_what_it_filters(
    client: Client, at: Callable[..., str], owner: Membership, seller: Membership
) -> None:
    with scope(owner.workspace):
        talks.talk(owner.workspace, talks.number(owner.workspace), "Hola", assignee=seller)
        tag = Tag.objects.create(name="secreta")
        SavedView.objects.create(name="Vieja", query=f"tab=all&tag={tag.pk}&status=nada&team=x")
        tag.delete()
    for person in (client, cast.signed_in(seller)):
        page = person.get(at())
        view = BeautifulSoup(page.content.decode(), "html.parser").select_one("#talks-views a")
        answer = person.get(str(view["href"]))
        assert names(answer) == []
        assert "Nothing matches these filters" in answer.content.decode()
