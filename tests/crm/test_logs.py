"""What the logs say, and what they never say."""

import io
import json
import logging
import sys

import pytest
from django.conf import settings as real_settings
from django.db import IntegrityError, connection
from django.test import Client

from crm import logs

FLOOR = [
    name for name in real_settings.MIDDLEWARE if name.split(".")[0] in ("crm", "django", "csp", "django_htmx")
]
KEY = "c3f1a9-5f2b8e7d9c4a1b6e3f0d2c5b8a7e4f1d"


@pytest.fixture
def lines():
    """Everything that is logged, as the handler of production writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JSONFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


@pytest.mark.parametrize(
    "secret",
    [
        "password=hunter2secret",
        "'password': 'hunter2secret'",
        '"token": "hunter2secret"',
        "Authorization: Bearer hunter2secret",
        "Cookie: cauce_session=hunter2secret",
        "csrfmiddlewaretoken=hunter2secret&x",
        "postgres://cauce:hunter2secret@db/cauce",
        "https://example.com/hook?sig=hunter2secret",
        "GET /w/abc/people?q=hunter2secret HTTP/1.1",
        "api_key=hunter2secret",
        "/accounts/password/reset/key/3-c3f1a9-5f2b8e7d9c4a1b6e3hunter2secret/",
        "k1.ab12cd34.gAAAAABhunter2secret-xxxxxxxxxxxxxxx",
        "eyJhbGciOiJIUzI1NiJ9.eyJhunter2secret.c2ln",
        "mail to hunter2secret@example.com bounced",
        "secret = 'hunter2secret'",
    ],
)
def test_what_looks_like_a_secret_is_not_written(secret):
    assert "hunter2secret" not in logs.redact(secret)


@pytest.mark.parametrize(
    "words",
    [
        "Task crm.work.tasks.sweep succeeded in 0.01s",
        "Applied crm.encryption.0001_initial",
        "row 12345678901234567890 parked",
        "/w/0123456789/settings/people/",
        "workspaces.Membership 17 deactivated",
        "Listening at 127.0.0.1:8000",
        "2026-11-21 20:15:01",
        "The export of 41,230 leads took 12.5 s",
    ],
)
def test_what_is_none_stays(words):
    assert logs.redact(words) == words


def test_a_line_has_its_context(lines):
    with logs.bound(workspace=17, job=3):
        logging.getLogger("crm.x").info("done", extra={"fields": {"rows": 5}})
    [line] = lines()
    assert {key: line[key] for key in ("level", "logger", "message", "workspace", "job", "rows")} == {
        "level": "info", "logger": "crm.x", "message": "done", "workspace": 17, "job": 3, "rows": 5,
    }  # fmt: skip
    assert line["time"].endswith("Z")
    assert line["process"]


def test_a_message_of_many_lines_is_one_line(lines):
    logging.getLogger("crm.x").error('first\nsecond\r\n{"forged": true}')
    assert len(lines()) == 1


def test_a_traceback_has_files_and_lines_but_no_values(lines):
    def inner(card):
        raise RuntimeError(f"token={card}")

    try:
        try:
            inner("hunter2")
        except RuntimeError as error:
            raise ValueError("could not\nDETAIL: hunter2") from error
    except ValueError:
        logging.getLogger("crm.x").exception("It failed")
    [line] = lines()
    assert "in inner" in line["traceback"]
    assert "ValueError: could not" in line["traceback"]
    assert "hunter2" not in json.dumps(line)


@pytest.mark.django_db
def test_postgresql_quotes_no_row_into_the_log(lines):
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE p (email text UNIQUE); INSERT INTO p VALUES ('ana'), ('ana')")
    except IntegrityError:
        logging.getLogger("crm.x").exception("Twice")
    [line] = lines()
    assert "unique constraint" in line["traceback"]
    assert "(ana)" not in json.dumps(line)


def test_turning_everything_up_still_shows_no_parameters_of_queries():
    logs.configure({"level": "DEBUG", "format": "json"})
    try:
        assert not logging.getLogger("django.db.backends").isEnabledFor(logging.DEBUG)
        assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
        assert logging.getLogger("crm").isEnabledFor(logging.DEBUG)
    finally:
        logs.configure(real_settings.LOGGING)


def test_a_formatter_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="json or text"):
        logs.formatter("xml")


def test_text_is_for_terminals():
    record = logging.LogRecord("crm.x", logging.INFO, __file__, 1, "password=%s", ("hunter2",), None)
    assert "hunter2" not in logs.TextFormatter().format(record)


def test_the_lines_of_a_request_share_its_id_and_name_the_route_only(lines, settings):
    settings.ROOT_URLCONF = "tests.crm.urls"
    settings.MIDDLEWARE = FLOOR
    client = Client(raise_request_exception=False)
    response = client.get(f"/accounts/password/reset/key/3-{KEY}/?next=/w/hunter2")
    access = [line for line in lines() if line["logger"] == "crm.request"]
    [line] = access
    assert line["request"] == response["X-Request-ID"]
    assert line["status"] == 200
    assert line["method"] == "GET"
    assert line["route"] == "accounts/password/reset/key/<uidb36>-<key>/"
    assert isinstance(line["ms"], float)
    everything = json.dumps(lines())
    assert KEY not in everything
    assert "hunter2" not in everything
    assert all(line["request"] == response["X-Request-ID"] for line in lines())


def test_no_flow_leaves_a_secret_in_the_log(lines, settings):
    """The second net over the sensitive flows: forms, cookies, headers, failures."""
    settings.ROOT_URLCONF = "tests.crm.urls"
    settings.MIDDLEWARE = FLOOR
    client = Client(raise_request_exception=False)
    secrets = {"Authorization": "Bearer hunter2", "Cookie": "cauce_session=hunter2"}
    for path in (
        "/echo",
        "/broken",
        "/suspicious",
        "/forbidden",
        "/nowhere",
        "/no-database",
        "/too-long",
        "/echo%00hunter2",
    ):
        client.post(path, {"password": "hunter2", "token": "hunter2"}, headers=secrets)
        client.get(f"{path}?token=hunter2&q=hunter2", headers=secrets)
    Client(enforce_csrf_checks=True).post("/named/?x=hunter2", {"password": "hunter2"})
    everything = json.dumps(lines())
    assert len(lines()) > 16
    assert "hunter2" not in everything


def test_tasks_lines_carry_the_tasks_id(lines):
    from celery.signals import task_postrun, task_prerun

    task_prerun.send(sender=None, task_id="task-1234", task=None, args=(), kwargs={})
    logging.getLogger("crm.x").info("inside")
    task_postrun.send(sender=None, task_id="task-1234", task=None, args=(), kwargs={})
    logging.getLogger("crm.x").info("outside")
    inside, outside = lines()
    assert inside["request"] == "task-1234"
    assert "request" not in outside
    assert sys.exc_info() == (None, None, None)
