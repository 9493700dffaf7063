"""A board to test with, and what a browser does with its news (static/js/board/news.js), done to the HTML tree."""

from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.test import Client

from crm.tenancy import scope
from directory.models import Lead
from funnels.models import Funnel, Stage
from tests import cast
from tests.directory import house
from tests.swap import HTMX, Swapped
from workspaces.models import Membership, Workspace


@dataclass
class Stand:
    """A funnel with two stages, open to whoever looks; `at` is the address of its board."""

    workspace: Workspace
    funnel: Funnel
    first: Stage
    second: Stage
    at: str

    def lead(self, name: str, stage: Stage | None = None, **columns: Any) -> Lead:
        with scope(self.workspace):
            return house.lead(self.workspace, name=name, stage=stage, **columns)

    def lead_named(self, name: str) -> Lead:
        return Lead.objects.get(name=name)

    def stage_of(self, lead: Lead) -> int | None:
        with scope(self.workspace):
            return house.placement_of(lead).stage_id

    def order(self, stage: Stage | None) -> list[str]:
        """Names in the stage, by hand."""
        with scope(self.workspace):
            rows = Lead.objects.filter(placement__stage_id=stage.pk if stage else None)
            return list(rows.order_by("placement__position", "pk").values_list("name", flat=True))


def stand(workspace: Workspace) -> Stand:
    with scope(workspace):
        funnel = house.funnel(workspace)
        first, second = funnel.stages.all()
    return Stand(workspace, funnel, first, second, f"/w/{workspace.public_id}/board/{funnel.pk}/")


class Looking:
    """Somebody's browser at a board; `query` is in its address."""

    def __init__(self, person: Membership, stand: Stand, query: str = "") -> None:
        self.client: Client = cast.signed_in(person)
        self.stand = stand
        self.address = stand.at + (f"?{query}" if query else "")
        self.load()

    def load(self) -> None:
        self.page = Swapped(self.client.get(self.address))

    def act(self, name: str, **data: Any) -> Any:
        """Post it, and let the news it brings go to their places."""
        headers = {**HTMX, "HX-Current-URL": f"http://testserver{self.address}"}
        response = self.client.post(f"{self.stand.at}{name}/", data, headers=headers)
        if response.status_code in (200, 422):
            self.take(response)
        return response

    def hear(self, *leads: Lead) -> None:
        """What a live signal of the leads makes the page do."""
        query = "&".join([*self.address.partition("?")[2:], *(f"lead={lead.pk}" for lead in leads)])
        self.take(self.client.get(f"{self.stand.at}news/?{query.lstrip('&')}", headers=HTMX))

    def take(self, response: Any) -> None:
        self.page.tree.select_one("#board")["hx-swap"] = "none"
        self.page.apply(response, trigger="#board")
        del self.page.tree.select_one("#board")["hx-swap"]
        place_news(self.page.tree)

    def names(self, column: Stage | None) -> list[str]:
        pk = column.pk if column else 0
        return [one.get_text() for one in self.page.tree.select(f"#column-{pk} .card-name")]

    def count(self, column: Stage | None) -> str:
        return self.page.tree.select_one(f"#count-{column.pk if column else 0}").get_text()

    def assert_same(self) -> None:
        self.page.assert_same(self.client.get(self.address), ignore=["#board-news"])


def place_news(tree: BeautifulSoup) -> None:
    news = tree.select_one("#board-news")
    assert news is not None
    for told in news.select("[data-news-place]"):
        card = tree.select_one(f"#card-{told['data-news-place']}")
        assert card is not None
        card["data-column"], card["data-key"] = told["data-column"], told["data-key"]
        _place(tree, card.extract())
    for gone in news.select("[data-news-gone]"):
        for lead in str(gone["data-news-gone"]).split():
            for card in tree.select(f'[data-columns] [data-card="{lead}"]'):
                card.decompose()
    for card in news.select("[data-news-cards] > [data-card]"):
        for old in tree.select(f'[data-columns] [data-card="{card["data-card"]}"]'):
            old.decompose()
        _place(tree, card.extract())
    news.clear()


def _place(tree: BeautifulSoup, card: Tag) -> None:
    column = tree.select_one(f"#column-{card['data-column']} [data-cards]")
    if column is None:
        return
    below = next(
        (one for one in column.select("[data-card]") if str(one["data-key"]) > str(card["data-key"])), None
    )
    if below is None:
        column.append(card)
    else:
        below.insert_before(card)
