"""Sending: on commit, briefly, never an error."""

import time
from unittest.mock import Mock

import pytest
import redis
from django.db import transaction

from crm import live
from crm.live import signals
from crm.work.models import Counter

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(monkeypatch):
    client = Mock()
    monkeypatch.setattr(signals, "_client", lambda: client)
    monkeypatch.setattr(signals, "publisher", signals.Publisher())
    return client


@pytest.fixture
def sent(client):
    def channels():
        return [call.args[0].removeprefix(signals.channel_prefix()) for call in client.publish.call_args_list]

    return channels


def test_a_signal_leaves_on_commit_and_not_before(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        live.signal("user:5", "me")
        live.end(user_id=5)
        assert sent() == []
    assert sent() == ["topic:user:5", "control"]


def test_what_is_rolled_back_is_not_told(sent, django_capture_on_commit_callbacks):
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        live.signal("user:5", "me")
        raise ZeroDivisionError
    assert sent() == []


def test_bodies_do_not_travel(sent, caplog, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        live.signal("user:5", "me", text="a private letter " * 50)
    assert sent() == []
    assert "private" not in caplog.text


def test_an_end_says_whose(client):
    with pytest.raises(ValueError, match="whose"):
        live.end()


def test_a_dead_redis_costs_little_and_is_counted(client, sent, django_capture_on_commit_callbacks):
    client.publish.side_effect = redis.ConnectionError
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(10):
            live.signal("user:5", "me")
    assert client.publish.call_count == 1
    client.publish.side_effect = None
    signals.publisher.breaker._closed_again = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        live.signal("user:5", "me")
    assert sent()[1:] == ["control", "topic:user:5"]  # the gap is told first
    assert Counter.objects.get(name=signals.LOST).value == 10


def test_a_redis_that_does_not_answer_costs_200_ms(settings, monkeypatch, django_capture_on_commit_callbacks):
    import socket

    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        settings.REDIS_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        signals._client.cache_clear()
        monkeypatch.setattr(signals, "publisher", signals.Publisher())
        began = time.monotonic()
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(5):
                live.signal("user:5", "me")
        assert time.monotonic() - began < 0.45
        signals._client().close()
        signals._client.cache_clear()
