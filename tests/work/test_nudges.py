"""Nudges against a real Redis, a dead one, and one that accepts and says nothing."""

import socket
import time

import pytest
import redis
from django.conf import settings as configured
from django.db import transaction

from crm import nudge
from crm.celery import Task, app
from crm.work import overview, tasks

pytestmark = pytest.mark.django_db
ADDRESS = configured.REDIS_URL


@pytest.fixture
def nudges():
    """Takes the place of the collecting one: here they are real."""


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(nudge, "breaker", nudge.Breaker())
    nudge._redis.cache_clear()
    nudge._follow_up.cache_clear()
    yield
    nudge._redis().close()
    nudge._redis.cache_clear()


@pytest.fixture
def published(monkeypatch):
    """What went to the broker, which here is a list."""
    sent = []
    monkeypatch.setattr(
        Task, "apply_async", lambda task, args, kwargs, **options: sent.append((task.name, args, kwargs))
    )
    return sent


@pytest.fixture
def server(settings):
    connection = redis.Redis.from_url(settings.REDIS_URL)
    try:
        connection.ping()
    except redis.RedisError:
        pytest.skip("needs a Redis")
    for name in connection.scan_iter("cauce:*"):
        connection.delete(name)
    yield connection
    connection.close()


@pytest.fixture
def silent(settings):
    """Accepts connections and never answers: the worst kind of dead."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        yield


@pytest.fixture
def dead(settings):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.REDIS_URL = f"redis://127.0.0.1:{unused.getsockname()[1]}/0"
        yield


def test_nudges_that_wait_already_are_not_doubled(server, published):
    for _ in range(5):
        assert nudge.now(tasks.drain, "now")
    nudge.now(tasks.drain, "bulk")
    assert [args for _, args, _ in published] == [("now",), ("bulk",)]

    nudge.arrived(tasks.drain, "now")  # the worker begins to look: what is committed from here on nudges anew
    nudge.now(tasks.drain, "now")
    assert len(published) == 3


def test_a_nudge_for_later_keeps_none_for_now_from_being_sent(server, published):
    nudge.now(tasks.drain, "now", countdown=2.0)
    nudge.now(tasks.drain, "now")
    nudge.now(tasks.drain, "now", countdown=3.0)
    assert len(published) == 2


def test_emptied_redis_forgets_the_mark_and_the_next_nudge_is_sent(server, published):
    nudge.now(tasks.drain, "now")
    for name in server.scan_iter("cauce:*"):
        server.delete(name)
    nudge.now(tasks.drain, "now")
    assert len(published) == 2


@pytest.mark.parametrize("how", ["silent", "dead"])
def test_a_hundred_requests_beside_a_dead_redis_lose_little_together(how, request, published):
    request.getfixturevalue(how)
    began = time.monotonic()
    results = [nudge.now(tasks.drain, "now") for _ in range(100)]
    assert time.monotonic() - began < 1.0
    assert not any(results)
    assert published == []


def test_what_was_lost_is_counted_where_the_operator_sees_it(
    server, silent, published, settings, monkeypatch
):
    monkeypatch.setattr(nudge, "OPEN_SECONDS", 0.2)
    for _ in range(10):
        nudge.now(tasks.drain, "now")
    assert overview.lost_nudges() == 1  # the others are told of with the next report
    time.sleep(0.25)
    nudge._redis.cache_clear()
    settings.REDIS_URL = ADDRESS
    assert nudge.now(tasks.drain, "now")
    assert overview.lost_nudges() == 10
    assert len(published) == 1


def test_after_a_failure_one_caller_probes_and_the_others_go_on_skipping(monkeypatch):
    breaker = nudge.Breaker()
    monkeypatch.setattr(nudge, "OPEN_SECONDS", 0.05)
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    time.sleep(0.06)
    assert [breaker.allows(), breaker.allows(), breaker.allows()] == [True, False, False]
    assert breaker.succeeded() == 3
    assert breaker.allows()


def test_a_nudge_never_raises_into_the_request(dead, published, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        nudge.on_commit(tasks.drain, "now")
        nudge.on_commit(tasks.drain, "now")
    assert len(callbacks) == 1


def test_a_broker_that_refuses_is_a_lost_nudge_too(server, monkeypatch):
    def refuse(*args, **options):
        raise OSError("refused")

    monkeypatch.setattr(Task, "apply_async", refuse)
    assert not nudge.now(tasks.drain, "now")
    assert overview.lost_nudges() == 1


def test_the_application_publishes_to_the_queue_itself_without_an_exchange(server, settings):
    """An exchange's bindings live in Redis: emptied, they would be gone and messages with them."""
    queue = app.amqp.queues["now"]
    assert app.amqp.router.route({}, "crm.work.tasks.drain")["queue"].name == queue.name
    assert app.conf.task_default_queue == "now"
    assert app.conf.broker_connection_max_retries is None
