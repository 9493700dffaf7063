"""Finding leads by words: by what they are, among those one sees, in few questions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.tenancy import scope
from directory import search
from tests import cast
from tests.directory import house
from workspaces.models import Membership


@pytest.fixture(autouse=True)
def _people(owner: Membership, seller: Membership) -> None:
    workspace = owner.workspace
    with scope(workspace):
        house.lead(workspace, name="María José Núñez", phone="+52 55 1234 5678", assignee=seller)
        house.lead(workspace, name="Ana Marin", email="ana.marin@ejemplo.mx", assignee=seller)
        house.lead(workspace, name="Mariano Azul", phone="+52 1 55 9999 0000")
        house.lead(workspace, name="", phone="+54 9 11 2345-6789")
        house.lead(workspace, name="100% algodón_mx")


def names(person: Membership, words: str) -> set[str]:
    with scope(person.workspace):
        return {one.lead.name for one in search.find(person, words, 10)}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("mari", {"María José Núñez", "Ana Marin", "Mariano Azul"}),
        ("NUNEZ", {"María José Núñez"}),
        ("josé núñ", {"María José Núñez"}),
        ("az", {"Mariano Azul"}),  # where a word begins
        ("zu", set()),  # too little for the middle of one
        ("ejemplo.mx", set()),
        ("marin@ejem", {"Ana Marin"}),
        ("ANA.MARIN@EJEMPLO.MX", {"Ana Marin"}),
        ("512345", {"María José Núñez"}),
        ("55 1234 5678", {"María José Núñez"}),
        ("+521 55 1234 5678", {"María José Núñez"}),  # as it was once written
        ("55 9999 0000", {"Mariano Azul"}),
        ("11 2345 6789", {""}),
        ("0% al", {"100% algodón_mx"}),
        ("n_m", {"100% algodón_mx"}),
        ("a%n", set()),
        ("m", set()),
        ("  ", set()),
    ],
)
def test_words_find_by_name_phone_or_address(owner: Membership, words: str, found: set[str]) -> None:
    assert names(owner, words) == found


def test_a_seller_finds_only_what_they_see(seller: Membership) -> None:
    assert names(seller, "mari") == {"María José Núñez", "Ana Marin"}
    assert names(seller, "9999") == set()


def test_without_the_grant_a_phone_is_found_only_as_a_whole_number(seller: Membership) -> None:
    seller.sees_phones = False
    assert names(seller, "1234") == set()
    assert names(seller, "55 1234 567") == set()
    assert names(seller, "55 1234 5678") == {"María José Núñez"}
    assert names(seller, "+52 1 55 1234 5678") == {"María José Núñez"}


def test_where_words_say_little_the_latest_are_looked_through(
    owner: Membership, seller: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 2)
    assert names(owner, "mari") == {"María José Núñez", "Ana Marin", "Mariano Azul"}
    assert names(seller, "mari") == {"María José Núñez", "Ana Marin"}
    monkeypatch.setattr(search, "MOST", 1)  # whichever candidate the index gives, the latest is there, too
    monkeypatch.setattr(search, "RECENT", 1)
    assert "Ana Marin" in names(seller, "mari")
    assert "Mariano Azul" not in names(seller, "mari")


def test_duplicates_are_told_of_where_one_sees_them(owner: Membership, seller: Membership) -> None:
    from directory.actions import leads

    point = leads.phone("+521 55 9999 0000", region=None)
    with scope(owner.workspace):
        assert [one.name for one in search.duplicates(owner, [point])] == ["Mariano Azul"]
        assert search.duplicates(seller, [point]) == []


def test_the_palette_finds_leads_in_few_queries(owner: Membership) -> None:
    client = cast.signed_in(owner)
    address = reverse("ui:palette", kwargs={"workspace_id": owner.workspace.public_id})
    page = client.get(address, {"q": "nunez"}).content.decode()
    assert "María José Núñez" in page
    with CaptureQueriesContext(connection) as asked:
        client.get(address, {"q": "ana marin"})
    assert sum("directory_" in query["sql"] for query in asked.captured_queries) <= 4


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("mari", {"María José Núñez", "Ana Marin"}),
        ("JOSÉ nuñ", {"María José Núñez"}),
        ("az", set()),  # somebody else's
        ("an", {"Ana Marin"}),
        ("zu", set()),
        ("a%n", set()),
        ("n_m", set()),
    ],
)
def test_who_sees_their_own_alone_finds_them_among_their_own_names(
    owner: Membership, seller: Membership, words: str, found: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many others are called so: candidates and the latest are both full of those."""
    with scope(owner.workspace):
        for number in range(6):
            house.lead(owner.workspace, name=f"Mari Ana José {number}")
    monkeypatch.setattr(search, "MOST", 3)
    monkeypatch.setattr(search, "RECENT", 1)
    search._prepared.cache_clear()
    with CaptureQueriesContext(connection) as asked:
        assert names(seller, words) == found
    assert any("directory_ownedname" in one["sql"] for one in asked)
    search._prepared.cache_clear()


def test_a_lead_that_is_given_away_is_found_by_whose_it_is(
    owner: Membership, seller: Membership, other_seller: Membership
) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace, name="Zacarías", assignee=seller)
        assert names(seller, "zacar") == {"Zacarías"}
        house.place(lead, assignee=other_seller)
        assert (names(seller, "zacar"), names(other_seller, "zacar")) == (set(), {"Zacarías"})
