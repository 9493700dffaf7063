"""The language of filters in the list of conversations: beside its own filters it finds what they find."""

import itertools
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from crm.tenancy import scope
from directory.listing import paths as indexes
from directory.models import Placement
from inbox.conversations import listing, paths
from inbox.conversations.wanted import Wanted
from inbox.models import SavedView
from tests import cast
from tests.directory import house
from tests.inbox.conversations import talks
from tests.inbox.conversations.talks import names
from tests.inbox.conversations.test_filters import LOOKS, town  # noqa: F401 (a fixture)
from tests.swap import HTMX, Swapped
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db
ALIKE = [
    ("status=urgent&status=stuck", "status:urgent,stuck"),
    ("owner={own}&owner=0", "assignee:{own},none"),
    ("tag={vip}&reply=1", "tag:{vip} waiting:any"),
    ("stage=0&stage={other}", "stage:{other},none"),
    ("channel={channel}&status=neutral", "channel:{channel} status:neutral"),
    ("tag={none}", "tag:{none}"),
]


@pytest.mark.parametrize("few", [0, 5_000], ids=["walked", "gathered"])
def test_what_both_can_say_is_one_list_page_after_page(
    town: dict[str, Any],  # noqa: F811
    owner: Membership,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
) -> None:
    monkeypatch.setattr(indexes, "FEW", few)
    monkeypatch.setattr(paths, "FEW", few)
    monkeypatch.setattr(listing, "PAGE", 4)
    values = {name: getattr(value, "pk", value) for name, value in town.items()}
    found = 0
    with scope(owner.workspace):
        every = list(Placement.objects.values_list("pk", flat=True))
        for person in (town["owner"], town["mixed"]):
            for look, (said, text) in itertools.product(LOOKS, ALIKE):
                own = Wanted.of(QueryDict(f"{look}&{said.format(**values)}"), person)
                asked = QueryDict(look, mutable=True)
                asked["f"] = text.format(**values)
                wanted = Wanted.of(asked, person)
                pages = _paged(person, wanted)
                assert pages == _paged(person, own), (person.user.name, wanted.query)
                assert {one.pk for one in listing.again(person, wanted, every)} == set(pages)
                found += len(pages)
    assert found > 100


def _paged(person: Membership, wanted: Wanted) -> list[int]:
    page = listing.page(person, wanted, {})
    found = [one.pk for one in page]
    while page.next:
        page = listing.page(person, wanted, {"after": page.next})
        found += [one.pk for one in page]
    return found


def test_no_statement_keeps_the_moment_it_was_made_at(
    owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "FEW", 0)
    now = timezone.now()
    with scope(owner.workspace):
        lead = talks.talk(owner.workspace, talks.number(owner.workspace), "Hola")
        wanted = Wanted.of(QueryDict("f=inbound:last-2h"), owner)
        for hours, there in ((0, [lead.pk]), (3, []), (1, [lead.pk])):
            monkeypatch.setattr(timezone, "now", lambda hours=hours: now + timedelta(hours=hours))
            assert _paged(owner, wanted) == there
            assert [one.pk for one in listing.again(owner, wanted, [lead.pk])] == there


@pytest.fixture
def at(workspace: Workspace) -> str:
    return f"/w/{workspace.public_id}/conversations/"


@pytest.fixture
def client(owner: Membership) -> Client:
    with scope(owner.workspace):
        number = talks.number(owner.workspace)
        for name, status in (("Eva", "urgent"), ("Otra", "stuck")):
            house.place(talks.talk(owner.workspace, number, "Hola", name=name), status=status)
    return cast.signed_in(owner)


def test_the_dialog_leads_back_with_all_that_the_list_was_asked_for(
    client: Client, owner: Membership, at: str
) -> None:
    page = Swapped(client.get(f"{at}?tab=all&order=waiting&reply=1"))
    page.apply(client.get(f"{at}filters/?order=waiting&reply=1", headers=HTMX), trigger="#talks-filters")
    more = page.tree.select_one('#talks-filters [hx-get*="directory/fields/"]')
    page.apply(
        client.get(str(more["hx-get"]), headers=HTMX), trigger='#talks-filters [hx-get*="directory/fields/"]'
    )
    opened = page.tree.select_one('#talks-filters [hx-get*="field=status"]')
    dialog = BeautifulSoup(client.get(str(opened["hx-get"]), headers=HTMX).content.decode(), "html.parser")
    said = [(one["name"], one.get("value", "")) for one in dialog.select("form input[type=hidden]")]
    form = QueryDict(mutable=True)
    for name, value in [*said, ("field-0", "status"), ("value-0", "urgent"), ("apply", "1")]:
        form.appendlist(str(name), str(value))
    answer = client.get(f"/w/{owner.workspace.public_id}/directory/filter/?{form.urlencode()}", headers=HTMX)
    leads_to = json.loads(answer.headers["HX-Location"])
    assert (leads_to["target"], leads_to["swap"], leads_to.get("select")) == ("#talks", "innerHTML", None)
    assert dict(parse_qsl(urlsplit(leads_to["path"]).query)) == {
        "order": "waiting",
        "reply": "1",
        "f": "status:urgent",
    }
    page.apply(client.get(leads_to["path"], headers=HTMX), trigger=".talks-search")
    page.assert_same(client.get(leads_to["path"]), ignore=("#conversation",))
    assert names(client.get(leads_to["path"])) == ["Eva"]
    chip = page.tree.select_one(".filter-chip")
    assert "Urgent" in chip.get_text()
    off = dict(parse_qsl(urlsplit(str(chip.select_one(".chip-off")["hx-get"])).query))
    assert off == {"order": "waiting", "reply": "1"}
    edit = client.get(str(chip.select_one(".chip-open")["hx-get"]), headers=HTMX)
    assert "order=waiting" in edit.content.decode()
    counts = BeautifulSoup(client.get(f"{at}counts/?f=status:urgent").content.decode(), "html.parser")
    assert not counts.select(".tab-count"), "what is filtered is not counted"


def test_what_cannot_be_read_is_told_and_nothing_of_it_is_lost_nor_kept(client: Client, at: str) -> None:
    text = 'status:angry city:"x'
    shown = client.get(at, {"f": text, "tab": "all", "tag": "3"})
    tree = Swapped(shown).tree
    assert names(shown) == []
    assert tree.select_one(".directory-text input[name=f]")["value"] == text
    assert tree.select_one(".directory-text input[name=tag]")["value"] == "3"
    assert "angry" in tree.select_one(".directory-text .callout").get_text()
    for part in ("", "counts/", "again/", "views/", "filters/"):
        for said in (text, "(((", "phone~abc", "custom.none:1", "tag:9223372036854775807"):
            assert client.get(at + part, {"f": said, "ids": "1", "q": "e"}).status_code == 200
    kept = client.post(f"{at}views/new/", {"name": "Mala", "query": "tab=all&f=status:angry"}, headers=HTMX)
    assert kept.status_code == 422
    client.post(f"{at}views/new/", {"name": "Buena", "query": "tab=all&f=status:urgent"}, headers=HTMX)
    view = Swapped(client.get(at)).tree.select_one("#talks-views [data-view]")
    assert names(client.get(str(view["hx-get"]), headers=HTMX)) == ["Eva"]
    assert "is-set" in str(client.get(str(view["hx-get"]), headers=HTMX).content)


def test_rows_of_another_workspace_match_nothing_and_have_no_name(
    client: Client, owner: Membership, outsider: Membership, at: str
) -> None:
    with scope(outsider.workspace):
        theirs = house.tag(outsider.workspace, "secreta")
    page = client.get(f"{at}?f=tag:{theirs.pk}")
    assert names(page) == []
    assert "secreta" not in page.content.decode()
    assert set(names(client.get(f"{at}?f=not tag:{theirs.pk}"))) == {"Eva", "Otra"}
    with scope(owner.workspace):
        assert not SavedView.objects.exists()
