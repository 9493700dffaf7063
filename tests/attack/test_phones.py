"""Who may not see phone numbers sees none, wherever one stands, and finds none out by asking."""

import html
import re

import pytest
from django.utils import timezone

from crm.tenancy import scope
from directory.actions import leads as acts
from directory.actors import CHANNEL
from directory.models import Lead, Placement
from inbox.models import Message, MessageKind
from tests.directory import house as leads

NUMBER = "5512345678"
WRITTEN = (
    "+52 1 55 1234 5678",
    "5215512345678",
    "Ana 55-1234-5678 ventas",
    "tel:(55) 1234.5678",
    "55·1234·5678",
    "55_1234_5678",
    "5 5 1 2 3 4 5 6 7 8",
    "55\u200b1234\u200b5678",
    "\u202a+52\xa055\u20111234\u20115678\u202c",
    "5\u2060512345678",
)


@pytest.fixture
def named(ours, kind):
    """A lead in sight whose name, contacts, history and messages are full of its number."""
    with scope(ours.workspace):
        leads.place(ours.lead, stage=ours.stage, assignee=None)
        acts.edit(ours.lead, by=ours.owner, name="Ana 55 1234 5678")
        Message.objects.create(
            lead=ours.lead,
            channel=ours.channel,
            identity=ours.session.identity,
            session=ours.session,
            direction="in",
            kind=MessageKind.CONTACTS,
            data={"contacts": [{"name": "+52 55 1234 5678", "phones": [NUMBER], "organization": NUMBER}]},
            external_id="card",
            sent_at=timezone.now(),
        )
    return ours


def _digits(text):
    """As an eye would put them together: without tags, marks and spaces between."""
    return re.sub(r"[\W_]", "", html.unescape(text))


def _pages(shop):
    pk, funnel = shop.lead.pk, shop.funnel.pk
    yield shop.at("directory:lead", pk=pk)
    yield shop.at("directory:lead", pk=pk) + "?drawer"
    yield shop.at("directory:lead_panel", pk=pk)
    yield shop.at("directory:lead_news", pk=pk)
    yield shop.at("directory:lead_history", pk=pk)
    yield shop.at("funnels:board", pk=funnel)
    yield shop.at("funnels:news", pk=funnel) + f"?lead={pk}&column=0:25&column={shop.stage.pk}:25"
    yield shop.at("funnels:menu", pk=funnel) + f"?lead={pk}"
    yield shop.at("funnels:closures", pk=funnel) + f"?lead={pk}&outcome=lost"
    yield shop.at("inbox:conversations") + "?tab=all"
    yield shop.at("inbox:thread", pk=pk)
    yield shop.at("inbox:stretch", pk=pk)
    yield shop.at("inbox:head", pk=pk)
    yield shop.at("inbox:composer", pk=pk)
    yield shop.at("ui:palette") + "?q=Ana"
    yield shop.at("ui:palette") + f"?q={NUMBER}"


def test_no_page_shows_one(named, blind):
    shown = []
    for address in _pages(named):
        response = blind.get(address)
        assert response.status_code == 200, address
        if NUMBER[2:] in _digits(response.content.decode()):
            shown.append(address)
    assert shown == []


def test_no_act_says_one(named, blind):
    at, lead = (lambda name: named.at(f"funnels:{name}", pk=named.funnel.pk)), named.lead.pk
    said = []
    for name, values in (
        ("moves", {"stage": 0}),
        ("moves", {"stage": named.stage.pk}),
        ("statuses", {"status": "urgent"}),
        ("closures", {"outcome": "won"}),
        ("closures", {"outcome": ""}),
        ("archivals", {"archived": 1}),
        ("moves", {"stage": 0}),
        ("archivals", {"archived": 0}),
    ):
        response = blind.post(at(name), {"lead": lead, **values}, headers={"HX-Request": "true"})
        said.append(response.headers.get("HX-Trigger", "") + response.content.decode())
    assert all("toast" in text for text in said)
    assert [text for text in said if NUMBER[2:] in _digits(text)] == []


@pytest.mark.parametrize("words", [NUMBER, "1234567", "551234", "ana 55", "na 55 12", "55 1234 56", "345"])
def test_a_part_of_one_finds_nobody(named, blind, words):
    for address in (
        named.at("ui:palette") + f"?q={words}",
        named.at("inbox:conversations") + f"?tab=all&q={words}",
        named.at("funnels:board", pk=named.funnel.pk) + f"?q={words}",
    ):
        # A whole number, which they know, finds its lead.
        whole = words == NUMBER and "board" not in address
        assert _finds(blind, address, named.lead.pk) is whole, address


def _finds(client, address, lead):
    page = client.get(address).content.decode()
    return f"/leads/{lead}/" in page or f"/conversations/{lead}/" in page


def test_names_with_other_numbers_are_found(named, blind):
    with scope(named.workspace):
        Lead.objects.filter(pk=named.lead.pk).update(name="Mesa 12")
    for address in (
        named.at("ui:palette") + "?q=mesa+12",
        named.at("funnels:board", pk=named.funnel.pk) + "?q=mesa+12",
    ):
        assert _finds(blind, address, named.lead.pk)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_name_that_is_a_number_is_masked_however_it_is_written(ours, blind, name):
    with scope(ours.workspace):
        leads.place(ours.lead, stage=ours.stage)
        acts.name_by_profile(ours.lead, Placement.objects.get(), name, by=CHANNEL)
    page = blind.get(ours.at("funnels:board", pk=ours.funnel.pk)).content.decode()
    assert "34567" not in _digits(page)


def test_the_mark_of_a_name_tells_nothing_of_it(named, blind):
    """Ten million numbers are soon tried, where a digest is not keyed."""
    import hashlib

    page = blind.get(named.at("directory:lead", pk=named.lead.pk)).content.decode()
    for name in ("Ana 55 1234 5678", "Ana 55 1234 5678\n"):
        for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5):
            assert digest(name.encode()).hexdigest()[:12] not in page
