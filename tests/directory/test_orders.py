"""The orders of the directory, page after page and back, for whoever sees them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from crm.tenancy import scope
from crm.ui.keyset import packed
from directory.actions import custom as actions
from directory.listing import page, walking
from directory.models import Lead, ListSettings
from tests import cast
from tests.directory import house
from tests.directory.lists import at, names, there_and_back
from tests.swap import Swapped
from workspaces.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", "JIHGFEDCBA"),
        ("activity", "ABCDEFGHIJ"),
        ("name", "ABCDEFGHIJ"),
        ("-name", "JIHGFEDCBA"),
        ("-created", "ABCDEFGHIJ"),
        ("created", "JIHGFEDCBA"),
        ("nonsense", "JIHGFEDCBA"),
    ],
)
def test_each_order_goes_page_after_page_and_back(
    owner: Membership,
    client: Client,
    few: list[Lead],
    sort: str,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page, "PAGE", 3)
    for bound in (2_000, 0):  # gathered among few, and walked
        walking._known.clear()
        monkeypatch.setattr(walking, "FEW", bound)
        monkeypatch.setattr(walking, "SOME", bound)
        for text in ("", "created:last-30d", "not assignee:me"):
            assert there_and_back(client, f"{at(owner)}?sort={sort}&f={text}") == (
                expected,
                expected[:9][::-1],
            )


def test_by_fields_of_ones_own_they_go_page_after_page_and_back(
    owner: Membership, seller: Membership, client: Client, few: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds none comes last, the latest activity first; equal ones as they were made, and back."""
    with scope(owner.workspace):
        size, word, day = (
            house.field("number", "Talla"),
            house.field("text", "Apodo"),
            house.field("date", "Vence"),
        )
        plan = house.field("choice", "Plan", choices=("Oro", "Plata", "Bronce"))
        gold, _silver, bronze = plan.choice_list
        sure = house.field("yes_no", "Seguro")
        for place, values in {
            0: {size: Decimal(7), word: "Ñandú", plan: bronze.pk, sure: True},
            2: {size: Decimal("7.5"), word: "abeja", plan: gold.pk, sure: False},
            4: {size: Decimal(-1), day: dt.date(2026, 5, 1), plan: gold.pk},
            6: {size: Decimal(7), day: dt.date(2025, 5, 1), word: "Zorro"},
        }.items():
            actions.set_values(few[place], values, by=owner)
    orders = {
        "-custom.talla": "CGAEJIHFDB",
        "custom.talla": "EAGCJIHFDB",
        "custom.apodo": "CAGJIHFEDB",
        "-custom.apodo": "GACJIHFEDB",
        "-custom.vence": "EGJIHFDCBA",
        "custom.plan": "ECAJIHGFDB",
        "-custom.plan": "AECJIHGFDB",
        "-custom.seguro": "ACJIHGFEDB",
    }
    monkeypatch.setattr(page, "PAGE", 3)
    for bound in (5_000, 0):
        monkeypatch.setattr(page, "FEW", bound)
        for sort, expected in orders.items():
            for text in ("", "not tag:any"):
                found = there_and_back(client, f"{at(owner)}?sort={sort}&f={text}")
                assert found == (expected, expected[:9][::-1]), (sort, text)
            theirs = "".join(letter for letter in expected if letter in "BDFHJ")
            assert there_and_back(cast.signed_in(seller), f"{at(seller)}?sort={sort}")[0] == theirs
        assert there_and_back(client, f"{at(owner)}?sort=-custom.talla&f=custom.talla:none")[0] == "JIHFDB"
        assert there_and_back(client, f"{at(owner)}?sort=-custom.talla&f=custom.talla:..7")[0] == "GAE"


def test_what_is_no_order_of_a_field_is_the_usual_one(
    owner: Membership, seller: Membership, client: Client, few: list[Lead]
) -> None:
    """Several choices have none; a text may be a number that is hidden; a place in one means nothing in another."""
    with scope(owner.workspace):
        several = house.field("choices", "Gustos", choices=("a", "b"))
        word = house.field("text", "Apodo")
        actions.set_values(
            few[1], {word: "+52 55 1234 5678", several: (several.choice_list[0].pk,)}, by=owner
        )
        house.field("number", "Talla")
    by_activity = names(client.get(at(owner)))
    for sort in ("custom.gustos", "custom.nobody", "custom.", "-custom.talla.x"):
        assert names(client.get(at(owner), {"sort": sort})) == by_activity
    assert names(client.get(at(owner), {"sort": "custom.apodo"}))[0] == "B lead"
    Membership.objects.filter(pk=seller.pk).update(sees_phones=False)
    assert names(cast.signed_in(seller).get(at(seller), {"sort": "custom.apodo"})) == [
        f"{one} lead" for one in "JHFDB"
    ]
    cursor = packed([0, None, "7.0000", few[0].pk])
    for sort in ("custom.talla", "custom.apodo", "name", "stage"):
        assert len(names(client.get(at(owner), {"sort": sort, "after": cursor}))) <= 10


def test_heads_of_ones_own_fields_sort(owner: Membership, client: Client, few: list[Lead]) -> None:
    """The head of a column leads to its order, then to the other way; that of several choices is a word."""
    with scope(owner.workspace):
        house.field("choices", "Gustos", choices=("a", "b"))
        house.field("number", "Talla")
        ListSettings.objects.create(
            workspace=owner.workspace, membership=owner, columns=["name", "custom.talla", "custom.gustos"]
        )

    def head(query: str, key: str) -> Any:
        return Swapped(client.get(f"{at(owner)}{query}")).tree.select_one(f"th[data-column='{key}']")

    assert head("", "custom.talla").a["href"].endswith("?sort=-custom.talla")
    turned = head("?sort=-custom.talla", "custom.talla")
    assert (turned["aria-sort"], turned.a["href"].rpartition("?")[2]) == ("descending", "sort=custom.talla")
    assert head("", "custom.gustos").a is None


def test_by_value_and_by_stage_go_page_after_page_and_back(
    owner: Membership, seller: Membership, client: Client, few: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has no value comes last either way; stages come in their order, in each the latest first."""
    with scope(owner.workspace):
        for place, value in {0: 10, 2: 30, 4: 20, 6: 20}.items():
            house.place(few[place], value=value)
        funnel = house.funnel(owner.workspace)
        first, second = funnel.stages.all()
        for place, stage in {1: first, 3: first, 0: second, 9: second}.items():
            house.place(few[place], stage=stage)
    orders = {"-value": "CGEAJIHFDB", "value": "AEGCJIHFDB", "stage": "IHGFECDBJA", "-stage": "JADBIHGFEC"}
    monkeypatch.setattr(page, "PAGE", 3)
    for bound in (5_000, 0):
        monkeypatch.setattr(page, "FEW", bound)
        for sort, expected in orders.items():
            for text in ("", "created:last-30d", "not tag:any"):
                found = there_and_back(client, f"{at(owner)}?sort={sort}&f={text}")
                assert found == (expected, expected[:9][::-1])
            theirs = "".join(letter for letter in expected if letter in "BDFHJ")
            assert there_and_back(cast.signed_in(seller), f"{at(seller)}?sort={sort}")[0] == theirs
    # A place of one order means nothing in another; stages in use may have changed since.
    for sort in orders:
        shown = Swapped(client.get(f"{at(owner)}?sort={sort}"))
        cursor = shown.tree.select_one("#directory-foot a[rel=next]")["href"].partition("after=")[2]
        for other in (*orders, "name", ""):
            assert len(names(client.get(f"{at(owner)}?sort={other}&after={cursor}"))) == 3
    with scope(owner.workspace):
        type(first).objects.filter(pk=first.pk).update(position=9)
    assert client.get(f"{at(owner)}?sort=stage&after={cursor}").status_code == 200
