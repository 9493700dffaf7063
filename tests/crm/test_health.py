"""`/healthz` and `/readyz`."""

import json

import pytest
from django.db import OperationalError, connection

from crm import health
from crm.health import checks, heartbeat, registry
from crm.health.models import Heartbeat

CHECKS = {"database", "redis", "migrations", "now", "bulk", "beat"}


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch):
    registry._last.clear()
    checks._migrations.update(applied=False, looked=float("-inf"))


def ask(client):
    registry._last.clear()
    response = client.get("/readyz")
    return response.status_code, json.loads(response.content)


def test_healthz_answers_without_asking_anything(client):
    response = client.get("/healthz")  # no database mark: a query would fail the test
    assert (response.status_code, response.json()) == (200, {"ok": True})
    assert "no-store" in response["Cache-Control"]
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_readyz_is_ready_once_everything_has_been_seen(client):
    status, body = ask(client)
    assert status == 503
    assert set(body["checks"]) >= CHECKS
    assert body["checks"]["now"] == {"ok": False, "ms": body["checks"]["now"]["ms"], "detail": "never seen"}
    assert all(body["checks"][name]["ok"] for name in ("database", "redis", "migrations"))
    for process in ("now", "bulk", "beat"):
        Heartbeat.objects.beat(process, "one")
    status, body = ask(client)
    assert (status, body["ready"]) == (200, True)


@pytest.mark.django_db
def test_a_worker_that_fell_silent_is_missed_unless_another_host_has_one(client):
    Heartbeat.objects.beat("now", "one")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE health_heartbeat SET seen_at = now() - interval '2 minutes'")
    status, body = ask(client)
    assert status == 503
    assert body["checks"]["now"]["detail"] == "last seen 120 s ago"
    Heartbeat.objects.beat("now", "two")
    assert ask(client)[1]["checks"]["now"]["ok"]


@pytest.mark.django_db
def test_readyz_says_that_redis_is_down_within_its_time(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, body = ask(client)
    assert status == 503
    assert body["checks"]["redis"]["detail"] == "does not answer"
    assert body["checks"]["redis"]["ms"] < 500


def test_readyz_tells_no_reason_that_could_hold_a_secret(client, monkeypatch):
    def broken():
        raise OperationalError("connection to server at db.internal, user cauce, password hunter2")

    for name in list(registry._checks):
        monkeypatch.setitem(registry._checks, name, broken)
    status, body = ask(client)
    assert status == 503
    assert "hunter2" not in json.dumps(body)
    assert "db.internal" not in json.dumps(body)


@pytest.mark.django_db
def test_missing_migrations_are_noticed(client, monkeypatch):
    monkeypatch.setattr(checks.MigrationExecutor, "migration_plan", lambda *_: ["one"])
    assert ask(client)[1]["checks"]["migrations"]["detail"] == "migrations are missing"


@pytest.mark.django_db
def test_applied_migrations_are_looked_up_once(client, django_assert_num_queries):
    ask(client)
    with django_assert_num_queries(0):
        checks.migrations()


@pytest.mark.django_db
def test_a_crowd_costs_one_report(monkeypatch):
    asked = []
    monkeypatch.setattr(registry, "_checks", {"one": lambda: asked.append(1)})
    for _ in range(20):
        health.report()
    assert len(asked) == 1


def test_other_floors_may_add_checks(monkeypatch):
    monkeypatch.setattr(registry, "_checks", {})

    def nothing_works():
        raise health.NotReady("the lines are cut")

    health.register_check("lines", nothing_works)
    health.register_check("air", lambda: "fresh")
    found = health.report(fresh=True)
    assert not found.is_ready
    assert found.checks["lines"].detail == "the lines are cut"
    assert found.checks["air"].detail == "fresh"


@pytest.mark.django_db
def test_a_heartbeat_without_database_is_a_line_in_the_log(monkeypatch, caplog, settings):
    settings.PROCESS = "now"
    monkeypatch.setattr(heartbeat, "connection", type("C", (), {"close": staticmethod(lambda: None)}))
    assert heartbeat.beat_once()
    assert Heartbeat.objects.age("now") is not None

    def gone(*_):
        raise OperationalError("secret words")

    monkeypatch.setattr(type(Heartbeat.objects), "beat", gone)
    assert not heartbeat.beat_once()
    assert "No heartbeat" in caplog.text
    assert "secret words" not in caplog.text
