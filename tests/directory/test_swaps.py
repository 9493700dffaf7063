"""Each htmx act on a card leaves the card that a reload would show."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.tenancy import scope
from directory.actions import placements, tags
from directory.models import Lead
from tests import cast
from tests.directory import house
from tests.directory.test_pages import address
from tests.swap import HTMX, Swapped
from workspaces.models import Membership


@pytest.fixture
def marta(owner: Membership) -> Lead:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace, phone="+52 55 1234 5678", email="marta@ejemplo.mx", by=owner)
        tags.put_on(lead, house.tag(owner.workspace), by=owner)
        house.tag(owner.workspace, "mayoreo")
    return lead


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


def history_too(page: Swapped, client: Client, lead: Lead, place: str) -> None:
    """What the event after an act asks for."""
    lines = page.tree.select_one(f"#{place}-lead-{lead.pk}-history-news")["hx-get"].rpartition("lines=")[2]
    answer = client.get(address(lead, "lead_history"), {"in": place, "lines": int(lines) + 1}, headers=HTMX)
    page.apply(answer, trigger=f"#{place}-lead-{lead.pk}-history-news")


ACTS: list[tuple[str, Callable[[Client, str], Any], str]] = [
    (
        "lead_text name",
        lambda client, to: client.post(to, {"value": "Marta R."}, headers=HTMX),
        "-name-field",
    ),
    (
        "lead_text notes",
        lambda client, to: client.post(to, {"value": "a\r\nb"}, headers=HTMX),
        "-notes-field",
    ),
    ("lead_value", lambda client, to: client.post(to, {"value": "12,500"}, headers=HTMX), "-value-field"),
    ("contact_points", lambda client, to: client.post(to, {"text": "a@b.mx"}, headers=HTMX), "-point-form"),
    ("lead_tags", lambda client, to: client.post(to, {"name": "Mayoreo"}, headers=HTMX), "-tag-form"),
    ("lead_tags", lambda client, to: client.post(to, {"name": "nueva"}, headers=HTMX), "-tag-form"),
    ("lead_star", lambda client, to: client.post(to, headers=HTMX), "-star"),
    ("lead_status", lambda client, to: client.post(to, {"status": "urgent"}, headers=HTMX), "-name-field"),
    ("lead_stage", lambda client, to: client.post(to, {"stage": "here"}, headers=HTMX), "-name-field"),
    ("lead_assignee", lambda client, to: client.post(to, {"assignee": "me"}, headers=HTMX), "-name-field"),
    ("lead_archive", lambda client, to: client.post(to, headers=HTMX), "-name-field"),
    ("lead_closure", lambda client, to: client.post(to, {"outcome": "won"}, headers=HTMX), "-name-field"),
]


@pytest.mark.parametrize(
    ("route", "act", "trigger"), ACTS, ids=lambda one: one if isinstance(one, str) else ""
)
def test_an_act_on_the_page_and_in_the_drawer(
    client: Client,
    owner: Membership,
    marta: Lead,
    route: str,
    act: Callable[[Client, str], Any],
    trigger: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with scope(owner.workspace):
        [here, _end] = house.funnel(owner.workspace).stages.all()
    known = {"here": here.pk, "me": owner.pk}
    name, _space, field = route.partition(" ")
    place = "page"
    page = Swapped(client.get(address(marta)))
    real = client.post

    def post(to: str, data: Any = None, **more: Any) -> Any:
        return real(to, {key: known.get(value, value) for key, value in (data or {}).items()}, **more)

    monkeypatch.setattr(client, "post", post)
    action = address(marta, name, **({"field": field} if field else {})) + f"?in={place}"
    answer = act(client, action)
    assert answer.status_code == 200, answer.content
    page.apply(answer, trigger=f"#{place}-lead-{marta.pk}{trigger}")
    history_too(page, client, marta, place)
    page.assert_same(client.get(address(marta)))


def test_taking_off_and_opening_again(client: Client, owner: Membership, marta: Lead) -> None:
    with scope(owner.workspace):
        placements.close(marta.pk, by=owner, outcome="lost")
        placements.archive(marta.pk, by=owner)
        placements.star(marta.pk, by=owner, starred=True)
        point = marta.contact_points.get(kind="phone")
        tag = marta.lead_tags.get().tag
    page = Swapped(client.get(address(marta, "lead_panel"), headers=HTMX))
    prefix = f"#panel-lead-{marta.pk}"
    for method, name, more in (
        ("delete", "lead_closure", {}),
        ("delete", "lead_archive", {}),
        ("delete", "lead_star", {}),
        ("post", "contact_point_removal", {"point": point.pk}),
        ("post", "lead_tag_removal", {"tag": tag.pk}),
    ):
        answer = getattr(client, method)(address(marta, name, **more) + "?in=panel", headers=HTMX)
        page.apply(answer, trigger=f"{prefix}-name-field")
    answer = client.get(address(marta, "lead_history"), {"in": "panel", "lines": 6}, headers=HTMX)
    page.apply(answer, trigger=f"{prefix}-history-news")
    page.assert_same(client.get(address(marta, "lead_panel"), headers=HTMX), ignore=[".more"])


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("contact_points", {"text": "no es"}, "That is not a phone number"),
        ("contact_points", {"text": "marta@"}, "That is not an e-mail address"),
        ("contact_points", {"text": "+52 1 55 1234 5678"}, "This lead has it already"),
        ("lead_tags", {"name": "x" * 41}, "at most 40"),
        ("lead_text", {"value": "x" * 161}, "at most 160"),
        ("lead_value", {"value": "mucho"}, "That is no amount"),
        ("lead_value", {"value": "9" * 13}, "more than fits"),
        ("lead_text", {"value": "León", "seen": "0" * 16}, "Somebody changed this meanwhile"),
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed(
    client: Client, marta: Lead, name: str, data: dict[str, str], words: str
) -> None:
    action = address(marta, name, **({"field": "name"} if name == "lead_text" else {})) + "?in=page"
    answer = client.post(action, data, headers=HTMX)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert f'value="{next(iter(data.values()))}"' in page
    Swapped(client.get(address(marta))).apply(answer, trigger=f"#page-lead-{marta.pk}-name-field")


def test_a_signal_brings_what_another_changed(client: Client, owner: Membership, marta: Lead) -> None:
    page = Swapped(client.get(address(marta)))
    with scope(owner.workspace):
        placements.assign(marta.pk, by=owner, to=owner)
        placements.set_status(marta.pk, by=owner, status="stuck")
    page.apply(
        client.get(address(marta, "lead_news") + "?in=page", headers=HTMX),
        trigger=f"#page-lead-{marta.pk} > span",
    )
    answer = client.get(address(marta, "lead_history"), {"in": "page", "lines": 4}, headers=HTMX)
    page.apply(answer, trigger=f"#page-lead-{marta.pk}-history-news")
    page.assert_same(client.get(address(marta)))


def test_who_gives_a_lead_out_of_reach_is_told_so(
    owner: Membership, seller: Membership, other_seller: Membership
) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace, assignee=seller)
    client = cast.signed_in(seller)
    page = Swapped(client.get(address(lead)))
    action = address(lead, "lead_assignee") + "?in=page"
    answer = client.post(action, {"assignee": other_seller.pk}, headers=HTMX)
    page.apply(answer, trigger=f"#page-lead-{lead.pk}-name-field")
    assert "with others now" in str(page.tree)
    assert client.get(address(lead)).status_code == 404


def test_a_board_gets_no_card_but_an_event(client: Client, marta: Lead) -> None:
    answer = client.post(address(marta, "lead_status"), {"status": "urgent"}, headers=HTMX)
    assert answer.status_code == 204
    assert "lead-changed" in answer.headers["HX-Trigger"]


def test_more_history_is_appended(client: Client, owner: Membership, marta: Lead) -> None:
    with scope(owner.workspace):
        for turn in range(34):
            placements.set_status(marta.pk, by=owner, status="urgent" if turn % 2 else "done")
    page = Swapped(client.get(address(marta)))
    button = page.tree.select_one(".history-list .more button")
    answer = client.get(button["hx-get"], headers=HTMX)
    page.apply(answer, trigger=".history-list .more button")
    rows = [row["id"] for row in page.tree.select(".timeline-row")]
    assert len(rows) == len(set(rows)) == 36
    assert "lines=36" in page.tree.select_one(f"#page-lead-{marta.pk}-history-news")["hx-get"]
