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
from tests import cast
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
    yield shop.at("inbox:menu", pk=pk)
    yield shop.at("inbox:blocks", pk=pk)
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
    assert "234567" not in _digits(page)


def test_the_mark_of_a_name_tells_nothing_of_it(named, blind):
    """Ten million numbers are soon tried, where a digest is not keyed."""
    import hashlib

    page = blind.get(named.at("directory:lead", pk=named.lead.pk)).content.decode()
    for name in ("Ana 55 1234 5678", "Ana 55 1234 5678\n"):
        for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5):
            assert digest(name.encode()).hexdigest()[:12] not in page


def test_no_way_of_writing_one_into_a_field_shows_it(ours, blind):
    """City and notes, and what is said of them later; and whoever edits them does not lose the number."""
    with scope(ours.workspace):
        leads.place(ours.lead, stage=ours.stage)
        acts.edit(ours.lead, by=ours.owner, city="León 55 1234 5678")
        acts.edit(ours.lead, by=ours.owner, notes="Llama al 55-1234-5678 o al (55) 1234 5678, casa 12")
    for address in _pages(ours):
        response = blind.get(address)
        assert "234567" not in _digits(response.content.decode()), address
    page = blind.get(ours.at("directory:lead", pk=ours.lead.pk)).content.decode()
    shown = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    address = ours.at("directory:lead_text", pk=ours.lead.pk, field="notes")
    blind.post(
        address, {"value": html.unescape(shown.group(1)) + " por la tarde"}, headers={"HX-Request": "true"}
    )
    with scope(ours.workspace):
        notes = Lead.objects.get(pk=ours.lead.pk).notes
    assert notes == "Llama al 55-1234-5678 o al (55) 1234 5678, casa 12 por la tarde"


@pytest.mark.parametrize(
    "link",
    [
        "https://wa.me/5215512345678?text=Hola",
        "wa.me/%2B5215512345678",
        "https://api.whatsapp.com/send?phone=5215512345678&text=a",
        "tel:+52-55-1234-5678",
        "whatsapp://send?phone=5512345678",
        "SMS:5512345678",
    ],
)
def test_a_link_to_one_is_masked_wherever_a_message_is_shown(ours, blind, link):
    with scope(ours.workspace):
        leads.place(ours.lead, stage=ours.stage)
        said = {
            "lead": ours.lead,
            "channel": ours.channel,
            "identity": ours.session.identity,
            "session": ours.session,
            "kind": MessageKind.TEXT,
            "sent_at": timezone.now(),
        }
        first = Message.objects.create(direction="in", text=f"aquí: {link}", external_id="one", **said)
        Message.objects.create(direction="in", text="esa", reply_to=first, external_id="two", **said)
        leads.place(ours.lead, last_message_id=first.pk)
    for address in _pages(ours):
        assert NUMBER[2:] not in _digits(blind.get(address).content.decode()), address
    seen = cast.signed_in(ours.owner).get(ours.at("inbox:thread", pk=ours.lead.pk)).content.decode()
    assert link.replace("&", "&amp;") in seen  # who may see numbers has it as it was written


def test_what_a_provider_says_of_a_message_tells_none(ours, blind):
    """WhatsApp's ids of messages are made of the number."""
    import base64

    wamid = "wamid." + base64.b64encode(b"xx5215512345678yy").decode()
    with scope(ours.workspace):
        leads.place(ours.lead, stage=ours.stage)
        message = Message.objects.create(
            lead=ours.lead,
            channel=ours.channel,
            identity=ours.session.identity,
            session=ours.session,
            direction="out",
            kind=MessageKind.TEXT,
            text="va",
            delivery="failed",
            error="Recipient +52 1 55 1234 5678 is not allowed",
            external_id=wamid,
            sent_at=timezone.now(),
        )
    for address in (
        ours.at("inbox:detail", pk=ours.lead.pk, message=message.pk),
        ours.at("inbox:stretch", pk=ours.lead.pk),
        ours.at("inbox:blocks", pk=ours.lead.pk),
        ours.at("inbox:menu", pk=ours.lead.pk),
    ):
        page = blind.get(address).content.decode()
        assert NUMBER[2:] not in _digits(page), address
        assert wamid not in page, address
