"""The palette's view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from crm.ui import search
from workspaces.models import Membership

SignIn = Callable[[Membership], Client]


def ask(client: Client, membership: Membership, words: str = "") -> BeautifulSoup:
    answer = client.get(
        f"/w/{membership.workspace.public_id}/palette/", {"q": words}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def labels(tree: BeautifulSoup) -> list[str]:
    return [option.get_text() for option in tree.select("[role=option] .palette-label")]


def test_without_words_every_place_of_the_rail_is_there(owner: Membership, client_of: SignIn) -> None:
    found = labels(ask(client_of(owner), owner))
    assert {"Home", "Settings"} <= set(found)


def test_words_find_places_by_the_beginnings_of_their_words(owner: Membership, client_of: SignIn) -> None:
    assert "Business hours" in labels(ask(client_of(owner), owner, "HOUR bus"))
    assert "Business hours" not in labels(ask(client_of(owner), owner, "siness"))


def test_accents_do_not_matter(owner: Membership, client_of: SignIn) -> None:
    assert "Settings" in labels(ask(client_of(owner), owner, "sétt"))


def test_a_page_is_offered_once(owner: Membership, client_of: SignIn) -> None:
    tree = ask(client_of(owner), owner, "security")
    hrefs = [option["href"] for option in tree.select("[role=option]")]
    assert len(hrefs) == len(set(hrefs)) == 1


def test_a_seller_is_not_offered_what_they_may_not_open(seller: Membership, client_of: SignIn) -> None:
    assert "Business hours" not in labels(ask(client_of(seller), seller, "business"))


@pytest.fixture
def provider() -> Iterator[list[tuple[str, int]]]:
    asked: list[tuple[str, int]] = []

    def find(request: Any, words: str, limit: int) -> list[search.Result]:
        asked.append((words, limit))
        return [search.Result("<b>Marta</b>", "/x", "user", "detail")]

    search.register(search.Provider("test", "Leads", find))
    yield asked
    search.providers.unregister("test")


def test_providers_are_asked_from_the_second_letter_on(
    owner: Membership, client_of: SignIn, provider: list[tuple[str, int]]
) -> None:
    ask(client_of(owner), owner, "m")
    assert provider == []
    tree = ask(client_of(owner), owner, "ma")
    assert provider == [("ma", 6)]
    assert "<b>Marta</b>" in labels(tree)
    assert tree.select_one('[role=group][aria-label="Leads"]')


def test_finding_nothing_is_said_with_the_words_that_were_asked(owner: Membership, client_of: SignIn) -> None:
    tree = ask(client_of(owner), owner, "<i>qqqq</i> 100%")
    assert "<i>qqqq</i> 100%" in tree.get_text()
    assert not tree.select("i")


def test_a_question_of_any_length_is_answered(owner: Membership, client_of: SignIn) -> None:
    ask(client_of(owner), owner, "a" * 5000)


def test_another_workspace_has_no_palette_for_us(
    owner: Membership, outsider: Membership, client_of: SignIn
) -> None:
    assert client_of(owner).get(f"/w/{outsider.workspace.public_id}/palette/").status_code == 404
