"""The page of all leads: what it lists, in which order, page after page, for whoever sees them, at what cost."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.tenancy import scope
from directory.listing import counting, page, walking
from directory.models import ContactPoint, CustomField, CustomValue, Lead, ListSettings
from tests import cast
from tests.directory import house
from tests.directory.lists import at, names
from tests.swap import HTMX, Swapped
from workspaces.models import Membership

pytestmark = pytest.mark.django_db
OURS = re.compile(r'"?(directory|inbox_channel|funnels)_')


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


def test_a_seller_sees_their_own(seller: Membership, few: list[Lead]) -> None:
    client = cast.signed_in(seller)
    for query in ("", "?sort=name", "?f=created:last-1d&sort=-created", "?q=lead"):
        assert sorted(names(client.get(at(seller) + query))) == [f"{one} lead" for one in "BDFHJ"]
    assert "5 leads" in client.get(at(seller, "count/")).content.decode()


def test_states_and_words(owner: Membership, client: Client, few: list[Lead]) -> None:
    with scope(owner.workspace):
        house.place(few[0], is_archived=True)
    assert len(names(client.get(at(owner)))) == 9
    assert names(client.get(f"{at(owner)}?state=archived")) == ["A lead"]
    assert len(names(client.get(f"{at(owner)}?state=all"))) == 10
    assert names(client.get(f"{at(owner)}?state=all&q=a+lead")) == ["A lead"]
    assert names(client.get(f"{at(owner)}?q=a+lead")) == []
    assert names(client.get(f"{at(owner)}?q=b+lead&f=assignee:none")) == []


@pytest.mark.parametrize("query", ["sort=name", "sort=created&f=created:last-1d", "sort=-value"])
def test_behind_the_last_that_is_left_stands_the_first_page(
    query: str, owner: Membership, client: Client, few: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "PAGE", 4)
    first = client.get(f"{at(owner)}?{query}")
    second = Swapped(first).tree.select_one("a[rel=next]")["href"]
    behind = names(client.get(second))
    assert len(behind) == 4
    with scope(owner.workspace):
        Lead.objects.exclude(name__in=names(first)).delete()
    shown = client.get(second)
    assert names(shown) == names(first)
    assert Swapped(shown).tree.select_one("a[rel=prev]") is None


def test_a_filter_that_means_nothing_is_told_and_kept(
    owner: Membership, client: Client, few: list[Lead]
) -> None:
    text = 'status:angry city:"x'
    shown = client.get(at(owner), {"f": text})
    assert names(shown) == []
    tree = Swapped(shown).tree
    assert tree.select_one(".directory-text input[name=f]")["value"] == text
    assert "angry" in tree.select_one(".directory-text .callout").get_text()
    for part in ("count/", "again/", "alike/", "fields/", "filter/?group=1"):
        assert client.get(at(owner, part), {"f": text} if "?" not in part else {}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "f=" + "(" * 500,
        "f=" + "a:1 " * 900,
        "after=x&before=y",
        "q=" + "x" * 5_000,
        "ids=a,1,99999999999999999999",
        "state=x&sort=-",
        "f=tag:9223372036854775807",
        "f=assignee:99999999999999999999",
        "q=%25_\\",
        "f=value:..-5",
        "part=9",
        "part=x",
    ],
)
def test_whatever_an_address_says_it_answers(
    owner: Membership, client: Client, few: list[Lead], query: str
) -> None:
    for part in ("", "count/", "again/", "alike/", "fields/"):
        assert client.get(f"{at(owner, part)}?{query}").status_code == 200
    assert client.get(f"{at(owner, 'filter/')}?{query}").status_code in (200, 404)


def test_a_page_costs_the_same_however_it_is_asked(
    owner: Membership, seller: Membership, few: list[Lead]
) -> None:
    """Six queries beyond the frame, whose one of leads is what waits in the rail."""
    with scope(owner.workspace):
        vip = house.tag(owner.workspace)
        house.place(few[1], channel_id=1)
    queries = ("", "?sort=name", "?sort=-created", f"?f=tag:{vip.pk}", "?f=status:neutral", "?q=lead")
    for person in (owner, seller):
        client = cast.signed_in(person)
        for query in queries:
            client.get(at(person) + query)
            with CaptureQueriesContext(connection) as asked:
                client.get(at(person) + query)
            ours = [one["sql"] for one in asked.captured_queries if OURS.search(one["sql"])]
            assert len(ours) <= 6 + 1, "\n".join(ours)
        # Of orders in runs a page that is not full asks each: the stages, and three of them.
        for query in ("?sort=stage", "?sort=-value", f"?f=tag:{vip.pk}&sort=stage"):
            with CaptureQueriesContext(connection) as asked:
                client.get(at(person) + query)
            ours = [one["sql"] for one in asked.captured_queries if OURS.search(one["sql"])]
            assert len(ours) <= 6 + 1 + 3, "\n".join(ours)


def test_counts_are_exact_or_say_that_they_are_not(
    owner: Membership, client: Client, few: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST", 3)
    assert "10 leads" in client.get(at(owner, "count/")).content.decode()
    assert "5 leads" in client.get(at(owner, "count/") + "?f=assignee:none").content.decode()
    assert "More than 3" in client.get(at(owner, "count/") + "?f=created:last-1d").content.decode()
    assert "1 lead<" in client.get(at(owner, "count/") + "?f=name~b").content.decode()
    assert "More than 3" in client.get(at(owner, "count/") + "?q=lead").content.decode()


def test_columns_are_each_persons_own(owner: Membership, client: Client, few: list[Lead]) -> None:
    with scope(owner.workspace):
        house.place(few[0], value="1200.50", status="urgent")
    kept = client.post(
        at(owner, "look/"),
        {"columns": ["value", "status", "stage", "tags", "city"], "density": "compact"},
        headers=HTMX,
    )
    assert kept.headers["HX-Location"]
    shown = Swapped(client.get(at(owner))).tree
    heads = [one.get_text(strip=True) for one in shown.select("#directory-list th")]
    assert heads == ["", "Name", "Value", "Status", "Stage", "Tags", "City"]
    assert "MX$1,200.50" in shown.select_one(f"#lead-{few[0].pk}").get_text()
    assert shown.select_one(".directory.is-compact")
    with scope(owner.workspace):
        assert ListSettings.objects.count() == 1
    client.post(at(owner, "look/"), {"columns": ["nothing"], "density": "odd"}, headers=HTMX)
    assert "is-compact" in client.get(at(owner)).content.decode()


def test_columns_of_fields_of_ones_own_cost_one_query_together(
    owner: Membership, client: Client, few: list[Lead]
) -> None:
    with scope(owner.workspace):
        for key, kind, held in (("plan", "text", {"text": "Oro"}), ("cuota", "number", {"number": 5})):
            field = CustomField.objects.create(label=key.title(), key=key, kind=kind)
            CustomValue.objects.create(field=field, lead=few[0], **held)
    client.post(at(owner, "look/"), {"columns": ["custom.plan", "custom.cuota"]}, headers=HTMX)
    with CaptureQueriesContext(connection) as asked:
        shown = client.get(f"{at(owner)}?f=custom.plan~or custom.cuota:1..9")
    assert names(shown) == ["A lead"]
    assert "Oro" in shown.content.decode()
    assert (
        sum(
            'FROM "directory_customvalue"' in one["sql"] and "ANY(" in one["sql"]
            for one in asked.captured_queries
        )
        <= 1
    )


def test_what_takes_too_long_is_said_in_its_place(
    owner: Membership, client: Client, few: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut by hand: whichever way is taken asks PostgreSQL to wait."""

    def slow(search: object, asked: object, way: object) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 30")
            cursor.execute("SELECT pg_sleep(5)")
        return []

    monkeypatch.setattr(walking, "_run", slow)
    cut = client.get(f"{at(owner)}?f=status:neutral assignee:none&sort=name")
    assert names(cut) == []
    assert "That took too long" in cut.content.decode()
    assert "status:neutral" in cut.content.decode()


def test_what_people_wrote_is_text(owner: Membership, client: Client, few: list[Lead]) -> None:
    """Most of a row is written without autoescape."""
    markup = "<script>x</script>\"'"
    with scope(owner.workspace):
        field = CustomField.objects.create(label="Plan", key="plan", kind="text")
        CustomValue.objects.create(field=field, lead=few[0], text=markup)
        Lead.objects.filter(pk=few[0].pk).update(name=markup, city=markup, came_from=markup)
    client.post(at(owner, "look/"), {"columns": ["city", "came_from", "custom.plan", "email"]}, headers=HTMX)
    row = Swapped(client.get(at(owner))).tree.select_one(f"#lead-{few[0].pk}")
    assert row.select("script") == []
    assert [one.get_text() for one in row.select("td")[1:]] == [markup, markup, markup, markup, "No e-mail"]
    assert row.select_one("input")["aria-label"].endswith(markup)


def test_a_lead_opens_by_its_address_too(owner: Membership, client: Client, few: list[Lead]) -> None:
    """Also where it has none: "no e-mail" opens it."""
    with scope(owner.workspace):
        ContactPoint.objects.create(
            lead=few[0], kind="email", raw="a@b.mx", value="a@b.mx", match_key="a@b.mx"
        )
    client.post(at(owner, "look/"), {"columns": ["email"]}, headers=HTMX)
    tree = Swapped(client.get(at(owner))).tree
    for lead, words in ((few[0], "a@b.mx"), (few[1], "No e-mail")):
        name, opens = tree.select_one(f"#lead-{lead.pk}").select("a")
        assert opens.get_text() == words
        assert opens["href"] == opens["hx-get"] == name["href"]


def test_of_many_that_a_search_finds_all_can_be_chosen(
    owner: Membership, client: Client, few: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The latest are listed, which is said; an act is on all of them all the same."""
    with scope(owner.workspace):
        for lead in few[:3]:
            Lead.objects.filter(pk=lead.pk).update(name=f"Zenobia {lead.pk}")
    shown = Swapped(client.get(f"{at(owner)}?q=zenobia")).tree
    assert shown.select("[data-choose-every]") == []
    assert "say more to find fewer" not in shown.get_text()
    monkeypatch.setattr(page, "MOST_FOUND", 2)
    shown = Swapped(client.get(f"{at(owner)}?q=zenobia")).tree
    assert len(shown.select("#directory-rows tr")) == 2
    assert shown.select("[data-choose-every]") != []
    assert "say more to find fewer" in shown.select_one("#directory-foot").get_text()
    asked = client.post(at(owner, "bulk/archive/"), {"all": "1", "q": "zenobia"}, headers=HTMX)
    assert "3 leads" in asked.content.decode()
