"""The public doors: webhooks that are forged, replayed or of another app; chats with other people's tokens."""

import json
import time
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from crm.tenancy import scope
from directory.models import Lead
from inbox.channels.webchat.widget import Widget, new_secret
from inbox.models import Attachment, Message, ProviderApp, RawRequest
from tests.inbox import house as inbox
from tests.inbox.house import element, post_raw, sign, text, webhook, work_off


def _messages(workspace):
    with scope(workspace):
        return list(Message.objects.values_list("text", flat=True))


@pytest.fixture
def mine(workspace):
    return inbox.channel(workspace, number="1001", account="WABA1", app=inbox.app(workspace))


@pytest.fixture
def foreign(other_workspace):
    app = ProviderApp.objects.create(
        provider="meta",
        owner=other_workspace,
        secrets={"app_id": "2", "app_secret": "theirs", "verify_token": "x"},
    )
    return inbox.channel(other_workspace, number="2002", account="WABA2", app=app)


def test_an_apps_signature_speaks_for_the_channels_of_that_app_alone(
    mine, foreign, workspace, other_workspace
):
    """The signature is right; the receivers are a neighbour's number and account."""
    body = webhook(foreign, text("for the neighbour", phone="5215599999999"))
    status = {
        "object": "x",
        "entry": [
            {"id": "WABA2", "changes": [{"field": "account_update", "value": {"event": "DISABLED_UPDATE"}}]}
        ],
    }
    for one in (body, status):
        assert post_raw(mine.app, json.dumps(one).encode()).status_code == 200
    work_off()
    assert (_messages(workspace), _messages(other_workspace)) == ([], [])
    with scope(other_workspace):
        foreign.refresh_from_db()
        assert foreign.is_usable
    assert {raw.unknown_receivers for raw in RawRequest.objects.all()} == {1}


def test_one_app_of_the_installation_keeps_two_workspaces_apart(workspace, other_workspace):
    app = inbox.app()
    one = inbox.channel(workspace, number="1", app=app)
    other = inbox.channel(other_workspace, number="2", app=app)
    both = webhook(one, text("for one"))
    both["entry"] += webhook(other, text("for the other"))["entry"]
    post_raw(app, json.dumps(both).encode())
    work_off()
    assert (_messages(workspace), _messages(other_workspace)) == (["for one"], ["for the other"])


def test_what_is_not_signed_by_the_app_is_not_even_written_down(mine, foreign):
    body = json.dumps(webhook(mine, text("forged"))).encode()
    for signature in (
        "", "sha256=", "sha256=" + "0" * 64, sign(body, "theirs"), sign(body, ""), sign(body + b" "),
        sign(body).upper(), sign(body).removeprefix("sha256="), "sha1=" + "0" * 40, "sha256=ñ",
    ):  # fmt: skip
        assert post_raw(mine.app, body, **{"X-Hub-Signature-256": signature}).status_code == 403, signature
    bare = ProviderApp.objects.create(provider="meta", secrets={})
    assert post_raw(bare, body, **{"X-Hub-Signature-256": sign(body, "")}).status_code == 403
    assert not RawRequest.objects.exists()
    mine.app.refresh_from_db()
    assert mine.app.refused_count == 10
    token = {"hub.mode": "subscribe", "hub.challenge": "<script>", "hub.verify_token": ""}
    door = reverse("hooks:webhook", kwargs={"provider": "meta", "public_id": bare.public_id})
    assert Client().get(door, token).status_code == 403


def test_a_request_that_comes_again_changes_nothing(mine, workspace):
    body = json.dumps(webhook(mine, text("once"))).encode()
    for _again in range(3):
        assert post_raw(mine.app, body).status_code == 200
        work_off()
    assert _messages(workspace) == ["once"]


def test_what_is_signed_and_mad_is_taken_and_costs_little(mine, workspace):
    deep = b'{"object":"x","entry":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    wide = webhook(mine, *(text(f"{n}", phone=f"52155{n:08d}") for n in range(40)))
    odd = webhook(
        mine, element("text", {"body": ["x", {"y": None}]}), element("image", {"id": "../../secrets"})
    )
    began = time.monotonic()
    for body in (
        deep,
        json.dumps(wide).encode(),
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"x"',
        json.dumps(odd).encode(),
    ):
        assert post_raw(mine.app, body).status_code == 200
    assert time.monotonic() - began < 10
    large = b'{"object":"' + b"x" * (3 * 1024 * 1024) + b'"}'
    assert post_raw(mine.app, large).status_code == 200
    work_off()
    assert len(_messages(workspace)) >= 40


# The chat


@pytest.fixture
def chats(workspace, other_workspace):
    def made(owner, token):
        return inbox.channel(
            owner,
            kind="webchat",
            number=token,
            secrets={"identity": new_secret()},
            settings=Widget().stored(),
        )

    return made(workspace, "chatone"), made(workspace, "chattwo"), made(other_workspace, "chatthree")


def _chat(widget, route, body=None, visitor="", **arguments):
    address = reverse(f"webchat:{route}", kwargs={"token": widget.external_id, **arguments})
    headers = {"X-Visitor": visitor} if visitor else {}
    if body is None:
        return Client().get(address, headers=headers)
    return Client().post(address, json.dumps(body), content_type="application/json", headers=headers)


def _write(widget, visitor, words, **more):
    return _chat(widget, "messages", {"client_id": uuid.uuid4().hex, "text": words, **more}, visitor)


def test_a_visitors_token_opens_their_own_chat_and_no_other(chats, workspace):
    first, second, third = chats
    visitor = _chat(first, "start", {}).json()["visitor"]
    assert _write(first, visitor, "mine").status_code == 201
    for widget in (second, third):
        assert _chat(widget, "messages", visitor=visitor).status_code == 403
        assert _write(widget, visitor, "x").status_code == 403
    for wrong in (visitor[:-2], visitor + "x", "null", "a:b:c", "é"):
        assert _write(first, wrong, "x").status_code == 403
    stranger = _chat(first, "start", {}).json()["visitor"]
    assert _chat(first, "messages", visitor=stranger).json()["messages"] == []
    assert _chat(first, "ticket", visitor=stranger).status_code == 403


def test_a_claim_is_no_proof(chats, workspace):
    """Somebody says that they are a known customer: they get a lead of their own, and nothing of the other's."""
    first, _second, _third = chats
    from tests.directory import house as leads

    with scope(workspace):
        known = leads.lead(
            workspace, name="Rich Customer", phone="+52 55 1234 5678", email="rich@example.com"
        )
    visitor = _chat(first, "start", {}).json()["visitor"]
    answer = _write(
        first, visitor, "it is me",
        claims={"name": "Rich Customer", "phone": "+52 55 1234 5678", "email": "rich@example.com"},
    )  # fmt: skip
    assert answer.status_code == 201
    for wrong in ("", "0" * 64, "é" * 64):
        said = _chat(first, "identity", {"identifier": "rich@example.com", "hash": wrong}, visitor)
        assert "visitor" not in said.json()
    with scope(workspace):
        assert Lead.objects.count() == 2
        assert not Message.objects.filter(lead=known).exists()


def test_a_files_address_is_signed_and_of_its_own_chat(chats, workspace):
    first, second, third = chats
    visitor = _chat(first, "start", {}).json()["visitor"]
    from django.core.files.uploadedfile import SimpleUploadedFile

    address = reverse("webchat:messages", kwargs={"token": first.external_id})
    body = {
        "client_id": uuid.uuid4().hex,
        "file": SimpleUploadedFile("../../x.html", b"<script>alert(1)</script>"),
    }
    [file] = Client().post(address, body, headers={"X-Visitor": visitor}).json()["message"]["files"]
    given = Client().get(file["url"])
    b"".join(given.streaming_content)
    assert given.headers["Content-Type"] == "application/octet-stream"
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert "x.html" in given.headers["Content-Disposition"]
    assert "/" not in given.headers["Content-Disposition"].partition("filename")[2]
    for widget in (second, third):
        assert Client().get(file["url"].replace(first.external_id, widget.external_id)).status_code == 404
    with scope(workspace):
        pk = Attachment.objects.get().pk
    for key in (str(pk), f"{pk}:x", "x"):
        assert _chat(first, "file", key=key).status_code == 404
