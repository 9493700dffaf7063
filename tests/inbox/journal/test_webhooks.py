"""The endpoint: who is let in, what is kept, what is never refused."""

import json

import pytest
import redis
from django.test import Client
from django.urls import reverse

from crm import nudge
from crm.tenancy import scope
from crm.work.models import Item
from inbox.channels.meta import envelopes
from inbox.journal import splitting
from inbox.models import Message, RawRequest
from tests.inbox import house

pytestmark = pytest.mark.django_db(transaction=True)


def address(app, provider="meta"):
    return reverse("hooks:webhook", kwargs={"provider": provider, "public_id": app.public_id})


def test_a_signed_webhook_is_kept_as_it_came_and_answered_with_200(
    channel, nudges, django_assert_max_num_queries
):
    body = json.dumps(house.webhook(channel, house.text("¿hola?"))).encode()
    with django_assert_max_num_queries(3):
        response = house.post_raw(channel.app, body)
    assert (response.status_code, response.content) == (200, b"")
    raw = RawRequest.objects.get()
    assert (raw.content, raw.size, raw.state) == (body, len(body), "new")
    assert "hola" not in RawRequest.objects.values_list("body", flat=True).get()
    assert nudges == ["inbox.tasks.split_webhooks"]


@pytest.mark.parametrize("signature", ["", "sha256=00", "sha1=x", house.sign(b"another body"), "sha256=é"])
def test_a_wrong_or_missing_signature_is_refused_and_counted(channel, signature):
    headers = {"X-Hub-Signature-256": signature} if signature else {}
    response = Client().post(address(channel.app), b"{}", content_type="application/json", headers=headers)
    assert response.status_code == 403
    channel.app.refresh_from_db()
    assert (channel.app.refused_count, channel.app.refused_at is not None) == (1, True)
    assert not RawRequest.objects.exists()


def test_the_handshake_needs_our_token_and_is_noted(channel, monkeypatch):
    asked = {"hub.mode": "subscribe", "hub.challenge": "42"}
    assert Client().get(address(channel.app), {**asked, "hub.verify_token": "guess"}).status_code == 403
    response = Client().get(address(channel.app), {**asked, "hub.verify_token": "let me in"})
    assert (response.status_code, response.content) == (200, b"42")
    channel.app.refresh_from_db()
    assert channel.app.verified_at is not None


def test_there_is_nothing_at_other_addresses(channel):
    assert Client().post(address(channel.app, "acme"), b"{}", content_type="text/plain").status_code == 404
    missing = reverse("hooks:webhook", kwargs={"provider": "meta", "public_id": "nobody"})
    assert Client().post(missing, b"{}", content_type="text/plain").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b'"x"',
        b'{"object": 1}',
        b"zlib:",
        b'{"a":"\\u0000"}',
        b"[" * 5000,
    ],
)
def test_whatever_is_signed_is_kept_and_shown_to_the_operator(channel, body):
    assert house.post_raw(channel.app, body).status_code == 200
    assert splitting.run() == 1
    raw = RawRequest.objects.get()
    assert raw.content == body
    unhandled = body.startswith(b'{"')  # JSON, of something else
    assert raw.state == ("split" if unhandled else "unreadable")
    assert RawRequest.objects.troubled().exists()


def test_three_megabytes_with_a_thousand_updates_are_taken_whole(channel, workspace):
    elements = [house.text("x" * 2800, phone=f"52155{number:08d}") for number in range(1000)]
    assert house.post(channel, *elements).status_code == 200
    assert splitting.run() == 1
    assert Item.objects.filter(kind="inbox.intake", workspace_id=workspace.pk).count() == 1000
    raw = RawRequest.objects.get()
    assert (raw.parts, raw.state, raw.size > 2_800_000) == (1000, "split", True)


def test_a_webhook_of_nothing_but_nonsense_is_no_work(channel):
    nonsense = [*range(10_000), house.text("hola")]
    body = house.webhook(channel, house.text(""))
    body["entry"][0]["changes"][0]["value"]["messages"] = nonsense
    assert house.post_raw(channel.app, json.dumps(body).encode()).status_code == 200
    assert house.work_off() == 1 + 1  # requests read, rows of work done
    raw = RawRequest.objects.get()
    assert (raw.parts, raw.error) == (
        envelopes.MALFORMED + 1,
        "a message is not an object (entry[0].changes[0].messages[0])",
    )
    assert [message.text for message in house.messages(channel)] == ["hola"]


def test_more_than_any_provider_sends_is_refused(channel):
    response = house.post_raw(channel.app, b"x" * (4 * 1024 * 1024 + 1))
    assert response.status_code == 413
    assert not RawRequest.objects.exists()


def test_without_redis_it_is_kept_all_the_same(workspace, monkeypatch):
    channel = house.channel(workspace)

    def broken(*args):
        raise redis.ConnectionError

    monkeypatch.setattr(nudge, "_take", broken)
    monkeypatch.setattr(nudge, "breaker", nudge.Breaker())
    assert house.post(channel, house.text("hola")).status_code == 200
    monkeypatch.setattr(nudge, "now", lambda *args, **kwargs: False)
    house.work_off()  # as beat has it done
    assert [message.text for message in house.messages(channel)] == ["hola"]


def test_unknown_receivers_are_kept_and_replayed_when_they_are_known(channel, workspace):
    stranger = house.webhook(channel, house.text("hola"))
    stranger["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "PN-later"
    house.post_raw(channel.app, json.dumps(stranger).encode())
    splitting.run()
    raw = RawRequest.objects.troubled().get()
    assert (raw.unknown_receivers, raw.receiver) == (1, "PN-later")

    later = house.channel(workspace, number="PN-later", app=channel.app)
    splitting.replay([raw.pk])
    house.work_off()
    assert [message.text for message in house.messages(later)] == ["hola"]
    assert not RawRequest.objects.troubled().exists()


def test_a_replay_of_everything_changes_nothing(channel, workspace):
    house.take_in(channel, house.text("uno", wamid="a"), house.text("dos", wamid="b"), name="Marta")
    with scope(workspace):
        before = list(Message.objects.values())
    splitting.replay(RawRequest.objects.values_list("pk", flat=True))
    assert house.work_off() > 0
    with scope(workspace):
        assert list(Message.objects.values()) == before


def test_an_app_speaks_for_its_own_channels_only(channel, other_workspace, workspace):
    """Who connects an app of their own can sign webhooks about any number: they reach no channel of another app."""
    theirs = house.app(owner=other_workspace)
    forged = json.dumps(house.webhook(channel, house.text("I am your customer"))).encode()
    assert house.post_raw(theirs, forged).status_code == 200
    house.work_off()
    assert house.messages(channel) == []
    assert RawRequest.objects.troubled().get().receiver == channel.external_id


def test_two_workspaces_share_one_app(channel, workspace, other_workspace):
    other = house.channel(other_workspace, app=channel.app)
    first, second = (
        house.webhook(channel, house.text("para uno")),
        house.webhook(other, house.text("para otro")),
    )
    first["entry"] += second["entry"]
    house.post_raw(channel.app, json.dumps(first).encode())
    house.work_off()
    assert [message.text for message in house.messages(channel)] == ["para uno"]
    assert [message.text for message in house.messages(other)] == ["para otro"]


def test_the_journal_keeps_thirty_days(channel, settings):
    from datetime import timedelta

    from django.utils import timezone

    from inbox.journal import keeping

    house.post(channel, house.text("hola"))
    house.post(channel, house.text("hola"))
    old = RawRequest.objects.order_by("pk").first()
    RawRequest.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(days=31))
    assert keeping.purge() == 1
    assert RawRequest.objects.count() == 1
