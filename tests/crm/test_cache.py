"""A cache whose errors are misses, and guards that do not go with it."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.conf import settings as real_settings
from django.core.cache import caches
from django.db import connection
from django.test import RequestFactory

from crm import limits, schedule
from crm.cache import ForgivingRedisCache, breaker
from crm.limits import tasks
from crm.limits.models import Entry

DEAD = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _whole():
    breaker.reset()
    yield
    breaker.reset()


@pytest.fixture
def cache():
    living = ForgivingRedisCache(real_settings.REDIS_URL, {"KEY_PREFIX": f"test-{time.time_ns()}"})
    yield living
    living.delete_many(["a", "b", "n"])


@pytest.fixture
def dead():
    return ForgivingRedisCache(DEAD, {})


def test_while_redis_answers_it_is_a_cache(cache):
    assert cache.get("a") is None
    cache.set("a", {"x": [1, "ñ"]}, 60)
    assert cache.get("a") == {"x": [1, "ñ"]}
    assert cache.add("a", 1) is False
    assert cache.get_many(["a", "b"]) == {"a": {"x": [1, "ñ"]}}
    cache.set_many({"b": 2, "n": 1}, 60)
    assert cache.incr("n", 4) == 5
    assert cache.has_key("b")
    assert cache.touch("b", 5)
    cache.delete_many(["a", "b"])
    assert cache.get("b", "gone") == "gone"


def test_values_are_json_so_that_nothing_in_redis_is_ever_run(cache):
    client = redis.Redis.from_url(real_settings.REDIS_URL)
    client.set(cache.make_key("a"), b"cos\nsystem\n(S'true'\ntR.", ex=10)
    assert cache.get("a", "miss") == "miss"
    assert breaker.failures == 0  # Redis is well, only the value is not ours
    with pytest.raises(TypeError):
        cache.set("a", object())


def test_while_it_does_not_every_call_is_a_miss_or_nothing(dead):
    dead.set("a", 1)
    assert dead.get("a", "default") == "default"
    assert dead.add("a", 1) is True
    assert dead.get_many(["a"]) == {}
    assert dead.set_many({"a": 1}) == []
    assert dead.has_key("a") is False
    assert dead.delete("a") is False
    assert dead.touch("a") is False
    dead.delete_many(["a"])
    dead.clear()
    with pytest.raises(ValueError, match="not found"):
        dead.incr("a")
    assert dead.get_or_set("a", lambda: 7) == 7


def test_after_a_failure_redis_is_left_alone_for_some_seconds(dead, caplog):
    dead.get("a")
    for _ in range(1_000):
        dead.get("a")
    assert breaker.failures == 1
    assert caplog.text.count("Redis does not answer") == 1


def test_a_redis_that_hangs_costs_a_request_no_more_than_its_limit():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = ForgivingRedisCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {})
        started = time.monotonic()
        for _ in range(10):
            assert hanging.get("a") is None
        assert time.monotonic() - started < 0.5


def test_a_redis_that_comes_back_is_used_again(cache, monkeypatch):
    breaker.fail(OSError())
    cache.set("a", 1)
    assert cache.get("a") is None
    monkeypatch.setattr(breaker, "_closed_until", 0.0)
    cache.set("a", 1)
    assert cache.get("a") == 1


@pytest.mark.django_db
def test_what_guards_something_is_in_postgresql_whatever_redis_does(dead):
    assert dead.add("allauth:rl:lock", True, 10) is True
    assert dead.add("allauth:rl:lock", True, 10) is False
    dead.set("allauth:rl:x", [1.5, 2.5], 60)
    assert dead.get("allauth:rl:x") == [1.5, 2.5]
    assert dead.get_many(["allauth:rl:x", "b"]) == {"allauth:rl:x": [1.5, 2.5]}
    dead.clear()
    assert dead.get("allauth:rl:x") == [1.5, 2.5]
    assert dead.delete("allauth:rl:x") is True
    assert dead.get("allauth:rl:x") is None


@pytest.mark.django_db
@pytest.mark.parametrize("redis_url", [DEAD, real_settings.REDIS_URL], ids=["redis down", "redis up"])
def test_the_limits_of_log_in_hold_with_and_without_redis(redis_url, monkeypatch):
    monkeypatch.setattr(ratelimit, "cache", ForgivingRedisCache(redis_url, {}))
    request = RequestFactory().post("/")
    config = {"login_failed": "3/m/key"}

    def attempt():
        return ratelimit.consume(
            request, app="allauth.account", action="login_failed", config=config, key="ana@example.com"
        )

    assert [attempt() is not None for _ in range(5)] == [True, True, True, False, False]
    caches["default"].clear()  # Redis emptied
    assert attempt() is None


@pytest.mark.django_db
def test_a_used_one_time_code_stays_used_without_redis(dead, monkeypatch):
    monkeypatch.setattr(auth, "cache", dead)
    code = auth.TOTP(Authenticator(user_id=7))
    assert code._mark_code_used("123456") is True
    assert code._mark_code_used("123456") is False


@pytest.mark.django_db
def test_guards_end_by_the_clock_of_the_database():
    guards = caches["limits"]
    guards.set("k", "v", 60)
    assert guards.touch("k", 120)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE limits_entry SET expires_at = now() - interval '1 second'")
    assert guards.get("k") is None
    assert not guards.touch("k", 5)
    assert guards.add("k", "again", 60)
    assert guards.get("k") == "again"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE limits_entry SET expires_at = now() - interval '1 second'")
    tasks.sweep()
    assert not Entry.objects.exists()
    assert schedule.ENTRIES["limits.sweep"]["task"] == tasks.sweep.name


@pytest.mark.django_db
def test_a_limit_lets_as_many_through_as_it_says_and_each_subject_apart():
    assert [limits.allow("invite", 7, amount=2, per=60) for _ in range(3)] == [True, True, False]
    assert limits.allow("invite", 8, amount=2, per=60)
    assert limits.allow("export", 7, amount=2, per=60)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE limits_entry SET expires_at = now() - interval '1 second'")
    assert limits.allow("invite", 7, amount=2, per=60)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_as_many_get_through():
    together = threading.Barrier(8)

    def attempt(_):
        together.wait()
        try:
            return limits.allow("race", "x", amount=3, per=60), caches["limits"].add("lock", 1, 60)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(8)))
    assert sum(allowed for allowed, _ in answers) == 3
    assert sum(added for _, added in answers) == 1
