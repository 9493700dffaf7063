"""What strangers write, wherever it is shown: text and nothing else. And what they send as files."""

import io
import re
import time

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from crm.tenancy import scope
from directory.actions import leads as acts
from directory.actions import tags
from directory.models import CloseReason, Lead
from funnels.models import Funnel, Stage
from inbox.actions import attachments
from inbox.conversations import linking
from inbox.models import Attachment, Message
from tests import cast
from tests.directory import house as leads
from tests.inbox import house as inbox
from tests.inbox.house import element, take_in, text

MARK = "xss"
BAD = f"\"'><img src=x onerror={MARK}(1)><script>{MARK}(2)</script>{{{{1111*7}}}}${{1111*7}}"
TURNED = "\u202egpj.exe\u2066\u200f"


@pytest.fixture
def channel(workspace):
    return inbox.channel(workspace)


@pytest.fixture
def client(owner):
    return cast.signed_in(owner)


def _everywhere(shop, funnel, lead):
    from django.urls import reverse

    def at(route, **arguments):
        return reverse(route, kwargs={"workspace_id": shop.public_id, **arguments})

    yield at("funnels:board", pk=funnel.pk)
    yield at("funnels:board", pk=funnel.pk) + "?q=" + BAD.replace("&", "").replace("#", "")
    yield at("funnels:choices", pk=funnel.pk, field="tags")
    yield at("funnels:menu", pk=funnel.pk) + f"?lead={lead.pk}&panel=stage"
    yield at("inbox:conversations") + "?tab=all"
    yield at("inbox:conversations") + "?tab=all&q=img"
    yield at("inbox:thread", pk=lead.pk)
    yield at("inbox:composer", pk=lead.pk)
    yield at("directory:lead", pk=lead.pk)
    yield at("directory:lead_panel", pk=lead.pk)
    yield at("directory:lead_history", pk=lead.pk)
    yield at("directory:lead_stage", pk=lead.pk)
    yield at("directory:lead_tags", pk=lead.pk)
    yield at("directory:lead_closure", pk=lead.pk) + "?outcome=lost"
    yield at("directory:tags")
    yield at("directory:reasons")
    yield at("funnels:funnels")
    yield at("funnels:funnel", pk=funnel.pk)
    yield at("ui:palette") + "?q=img"
    with scope(shop):
        for message in Message.objects.all():
            yield at("inbox:detail", pk=lead.pk, message=message.pk)


def test_nothing_that_anybody_writes_becomes_markup(workspace, owner, channel, client):
    take_in(
        channel,
        text(BAD, referral={"source_url": f"javascript:{MARK}(3)", "headline": BAD, "body": BAD}),
        text(f"javascript:{MARK}(4) https://a.b/\"onclick={MARK}(5) www.x.y'onx={MARK}() *{BAD}* _{BAD}_ ```{BAD}```"),
        element(
            "location",
            {"latitude": 1, "longitude": 2, "name": BAD, "address": BAD, "url": f"javascript:{MARK}(6)"},
        ),
        element(
            "contacts",
            [
                {
                    "name": {"formatted_name": BAD},
                    "phones": [{"phone": BAD}],
                    "emails": [{"email": BAD}],
                    "org": {"company": BAD},
                }
            ],
        ),
        element("document", {"id": "1", "filename": BAD, "mime_type": "text/html", "caption": BAD}),
        element(
            "interactive",
            {"type": "nfm_reply", "nfm_reply": {"name": BAD, "body": BAD, "response_json": '{"<b>": "<i>"}'}},
        ),
        element("interactive", {"type": "button_reply", "button_reply": {"id": BAD, "title": BAD}}),
        element(
            "order",
            {
                "catalog_id": BAD,
                "text": BAD,
                "product_items": [
                    {"product_retailer_id": BAD, "quantity": 1, "item_price": 2, "currency": BAD}
                ],
            },
        ),
        element("unsupported", {"type": BAD}, errors=[{"code": 1, "title": BAD, "error_data": {"details": BAD}}]),
        element("button", {"text": BAD, "payload": BAD}),
        name=BAD,
    )  # fmt: skip
    with scope(workspace):
        lead = Lead.objects.get()
        assert lead.name == BAD[:160]
        funnel = Funnel.objects.create(name=BAD[:60])
        Stage.objects.create(funnel=funnel, name=BAD[:60])
        CloseReason.objects.create(name=BAD[:80], outcome="lost")
        tags.put_on(lead, tags.create(by=owner, name=BAD[:40]), by=owner)
        acts.edit(lead, by=owner, city=BAD[:80], notes=BAD)
        leads.place(lead, assignee=owner)
    for address in _everywhere(workspace, funnel, lead):
        response = client.get(address)
        assert response.status_code == 200, address
        soup = BeautifulSoup(response.content.decode(), "html.parser")
        for node in soup.find_all(True):
            assert not [name for name in node.attrs if name.startswith("on")], (address, node)
            for name in ("href", "src", "action", "hx-get", "hx-post"):
                assert not str(node.get(name, "")).strip().lower().startswith("javascript:"), (address, node)
        assert not [one for one in soup.find_all("img") if one.get("src") == "x"], address
        assert not [one for one in soup.find_all("script") if MARK in one.text], address
        assert "7777" not in soup.get_text(), address


def test_a_strangers_name_turns_no_text_around_and_can_be_seen(workspace, channel):
    take_in(channel, text("x", phone="5215500000001"), name=f"Ana{TURNED}\x07\nRuiz")
    take_in(channel, text("x", phone="5215500000002"), name="\u200b\u2060\u202e")
    with scope(workspace):
        assert [lead.name for lead in Lead.objects.order_by("id")] == ["Anagpj.exe Ruiz", ""]


def test_a_message_made_to_be_slow_is_not(workspace, channel, client):
    """Marks that begin and never end: each may look ahead, none to the end for each other one."""
    for piece in ("```a ", "*a ", "_a", "~ a~", "https://", "(", "www.", "`", "*_~```"):
        began = time.perf_counter()
        linking.rich(piece * (20_000 // len(piece)))
        assert time.perf_counter() - began < 0.5, piece


FILES = {
    "a.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="xss(1)"/>',
    "a.html": b"<!doctype html><script>xss(1)</script>",
    "a.png": b"<html><script>xss(1)</script>",
    "a.jpg.exe": b"MZ\x90\x00",
    "a.gif": b"GIF89a<script>xss(1)</script>",
    "a.xml": b'<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">xss(1)</x:script>',
    "a.pdf": b"%PDF-1.4 xss",
    "a.js": b"xss(1)",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_runs_nothing_on_our_origin(workspace, owner, client, name):
    given = SimpleUploadedFile(name, FILES[name], content_type="image/svg+xml")
    with scope(workspace):
        kept = attachments.upload(given, by=owner)
    response = client.get(f"/w/{workspace.public_id}/files/{kept.pk}/")
    b"".join(response.streaming_content)
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_picture_with_a_page_behind_it_stays_a_picture(workspace, owner, client):
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    content = picture.getvalue() + b"<script>xss(1)</script>"
    with scope(workspace):
        kept = attachments.upload(SimpleUploadedFile("x.html", content, content_type="text/html"), by=owner)
    response = client.get(f"/w/{workspace.public_id}/files/{kept.pk}/")
    b"".join(response.streaming_content)
    assert response.headers["Content-Type"] == "image/png"
    assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\x.txt", "/etc/passwd", 'a"\r\nX-Bad: 1.txt', TURNED, "." * 300, "ñ" * 300],
)
def test_a_files_name_is_no_path_and_no_header(workspace, owner, client, name):
    with scope(workspace):
        given = SimpleUploadedFile("x", b"x")
        given._name = name
        kept = attachments.upload(given, by=owner)
        assert re.fullmatch(
            rf"{workspace.pk}/inbox/[0-9a-f]{{32}}", Attachment.objects.get(pk=kept.pk).file.name
        )
    response = client.get(f"/w/{workspace.public_id}/files/{kept.pk}/")
    b"".join(response.streaming_content)
    assert "X-Bad" not in response.headers
    assert not set("/\\\u202e\u2066") & set(kept.name)


def test_no_act_by_htmx_is_taken_without_its_token(workspace, owner, channel):
    with scope(workspace):
        funnel, lead = leads.funnel(workspace), leads.lead(workspace)
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner.user)
    base = f"/w/{workspace.public_id}"
    for verb, address in (
        ("post", f"board/{funnel.pk}/moves/"),
        ("post", f"board/{funnel.pk}/undo/"),
        ("post", f"leads/{lead.pk}/status/"),
        ("delete", f"leads/{lead.pk}/closure/"),
        ("post", f"conversations/{lead.pk}/messages/"),
        ("post", f"conversations/{lead.pk}/files/"),
        ("delete", f"conversations/{lead.pk}/reading/"),
        ("post", "settings/channels/whatsapp/connect/app/"),
    ):
        answer = getattr(client, verb)(
            f"{base}/{address}", headers={"HX-Request": "true", "Origin": "https://evil.example"}
        )
        assert answer.status_code == 403, address
