"""What happens around every request: its id, its cleanness, what htmx hears, what a person reads when it fails."""

import json
import re
from urllib.parse import urlencode

import pytest
from django.conf import settings as real_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from crm import cleanness

FLOOR = [
    name for name in real_settings.MIDDLEWARE if name.split(".")[0] in ("crm", "django", "csp", "django_htmx")
]


@pytest.fixture(autouse=True)
def _routes(settings):
    settings.ROOT_URLCONF = "tests.crm.urls"
    settings.MIDDLEWARE = FLOOR


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def htmx(client, path, method="get", **headers):
    return getattr(client, method)(path, headers={"HX-Request": "true", **headers})


def is_page(response):
    return response["Content-Type"].startswith("text/html") and b"<h1" in response.content


def is_framed(response):
    return b"js/app.js" in response.content


# Ids


def test_every_answer_has_an_id_of_its_own(client):
    first, second = client.get("/healthz"), client.get("/nowhere")
    assert re.fullmatch(r"[0-9a-f]{32}", first["X-Request-ID"])
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_an_id_is_taken_only_from_a_proxy_and_only_if_it_is_sane(client, settings):
    sent = {"X-Request-ID": "from-the-proxy-1"}
    assert client.get("/healthz", headers=sent)["X-Request-ID"] != "from-the-proxy-1"
    settings.TRUSTED_PROXIES = 1
    assert client.get("/healthz", headers=sent)["X-Request-ID"] == "from-the-proxy-1"
    for bad in ("short", "x" * 100, "has space in it", "injected\\nline", "<script>alert</script>"):
        assert client.get("/healthz", headers={"X-Request-ID": bad})["X-Request-ID"] != bad


# Cleanness


@pytest.mark.parametrize(
    "path",
    ["/echo%00", "/%00", "/echo%ff", "/echo?q=%00", "/echo?q=a%c3", "/echo?%00=1", "/echo?q=%ed%a0%80"],
)
def test_an_unreadable_address_is_refused_with_a_page(client, path):
    response = client.get(path)
    assert response.status_code == 400
    assert is_page(response)


def test_an_unreadable_cookie_is_refused(client):
    response = client.get("/echo", headers={"Cookie": r'cauce_session="abcdefgh\000ijk"'})
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"name=a%00b"),
        ("application/x-www-form-urlencoded", b"name=%ff%fe"),
        ("application/x-www-form-urlencoded", b"name=\xff"),
        ("application/x-www-form-urlencoded", b"a%00=1"),
        ("application/json", b'{"name": "a\\u0000b"}'),
        ("application/json", b'{"a\\u0000": 1}'),
        ("application/json", b'{"name": ["\\ud800"]}'),
        ("application/json", b'{"name": "\xff"}'),
        ("application/json", b'{"name": "\x00"}'),
        ("application/merge-patch+json", b'"\\u0000"'),
    ],
)
def test_an_unreadable_body_is_refused_with_a_page(client, kind, body):
    response = client.post("/echo", body, content_type=kind)
    assert response.status_code == 400
    assert is_page(response)


@pytest.mark.parametrize(
    ("name", "value"), [("text", "a\0b"), ("file", SimpleUploadedFile("a.txt", b"x"))], ids=["text", "file"]
)
def test_multipart_is_read_too(client, name, value):
    response = client.post("/echo", {name: value})
    assert response.status_code == (400 if name == "text" else 200)


def test_broken_utf_8_in_multipart_is_refused(client):
    body = b'--b\r\nContent-Disposition: form-data; name="t"\r\n\r\n\xff\xfe\r\n--b--\r\n'
    assert client.post("/echo", body, content_type="multipart/form-data; boundary=b").status_code == 400


def test_multipart_without_sense_is_refused_with_a_page(client):
    response = client.post("/echo", b"junk", content_type="multipart/form-data")
    assert response.status_code == 400
    assert is_page(response)


@pytest.mark.parametrize(
    "text", ["ñandú", "日本語", "👩‍👩‍👧", "it is 100% fine", "a+b", "\ufffd", "\u202e", "line\r\nline", ""]
)
def test_whatever_people_write_passes(client, text):
    assert json.loads(client.get("/echo", {"q": text}).content)["get"] == {"q": text}
    form = client.post("/echo", urlencode({"q": text}), content_type="application/x-www-form-urlencoded")
    assert json.loads(form.content)["post"] == {"q": text}
    assert client.post("/echo", json.dumps({"q": text}), content_type="application/json").status_code == 200


def test_a_backslash_before_u0000_is_text():
    assert cleanness.is_clean_json(b'{"a": "\\\\u0000"}')
    assert cleanness.is_clean_json(b'{"smile": "\\ud83d\\ude00"}')
    assert cleanness.is_clean_json(b"[" * 100_000 + b"\\u0000")


def test_a_webhook_gets_what_was_sent(client):
    response = client.post("/webhook", b'{"a": "\\u0000\xff"}', content_type="application/json")
    assert response.status_code == 200


# Sizes


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/plain"])
def test_ten_megabytes_in_a_field_are_too_large(client, kind):
    response = client.post("/echo", b"name=" + b"x" * 10_000_000, content_type=kind)
    assert response.status_code == 413
    assert is_page(response)


def test_ten_megabytes_in_a_field_of_multipart_are_too_large(client):
    response = client.post("/echo", {"name": "x" * 10_000_000})
    assert response.status_code == 413


def test_a_length_that_lies_is_no_way_around(client):
    body = b"name=" + b"x" * 2_000_000
    response = client.post(
        "/echo", body, content_type="application/x-www-form-urlencoded", headers={"Content-Length": "10"}
    )
    assert response.status_code in (200, 413)


def test_a_thousand_and_one_fields_are_refused(client):
    response = client.post(
        "/echo", "&".join(f"f{n}=1" for n in range(1_001)), content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 400
    assert is_page(response)


def test_a_view_may_set_its_own_limit_of_uploads(client):
    assert client.post("/small-upload", {"f": SimpleUploadedFile("a", b"x" * 1_000)}).status_code == 200
    assert client.post("/small-upload", {"f": SimpleUploadedFile("a", b"x" * 3_000)}).status_code == 413


def test_ten_megabytes_in_a_header_or_address_do_no_harm(client):
    assert client.get("/echo?q=" + "x" * 100_000).status_code == 200
    assert client.get("/" + "x" * 100_000).status_code == 404


# What a person reads


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/forbidden", 403), ("/suspicious", 400), ("/broken", 500), ("/no-database", 503),
     ("/too-long", 400), ("/limited", 429)],
)  # fmt: skip
def test_every_failure_is_a_page_that_needs_no_database_and_for_htmx_a_toast(client, path, status):
    page = client.get(path)  # no database mark: a query would fail the test
    assert page.status_code == status
    assert is_page(page)
    assert b"hunter2" not in page.content
    assert b"db.internal" not in page.content
    assert page["X-Request-ID"].encode() in page.content
    assert is_framed(page) == (status < 500)  # faults of our own get a page without any part that could fail
    assert b"css/app.css" in page.content

    fragment = htmx(client, path)
    assert fragment.status_code == status
    assert b"<" not in fragment.content
    toast = json.loads(fragment["HX-Trigger"])["toast"]
    assert toast["level"] == "error"
    assert toast["text"] == fragment.content.decode()
    assert fragment["HX-Reswap"] == "none"


@pytest.mark.django_db
def test_what_takes_too_long_says_what_to_narrow(client):
    response = client.get("/too-slow", headers={"Accept-Language": "en"})
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "Narrow" in response.content.decode() or "Acota" in response.content.decode()


def test_an_error_page_that_fails_falls_back_to_a_plain_one(client, monkeypatch, caplog):
    def failing(*_):
        raise RuntimeError("the frame asked the database")

    monkeypatch.setattr("crm.views.render_to_string", failing)
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert is_page(response)
    assert "could not be rendered" in caplog.text


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_fault_before_the_person_is_known_speaks_the_browsers_language(client, language):
    response = client.get("/no-database", headers={"Accept-Language": language})
    assert f'<html lang="{language}"' in response.content.decode()


def test_a_page_of_a_fault_stands_without_its_style_sheet(client, monkeypatch):
    def missing(name):
        raise ValueError(f"no manifest entry for {name}")

    monkeypatch.setattr("crm.views.static", missing)
    assert is_page(client.get("/broken"))


def test_a_form_without_its_token_says_to_reload():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/named/")
    assert response.status_code == 403
    assert is_page(response)


# htmx


def test_pages_and_fragments_are_kept_apart(client):
    assert "HX-Request" in client.get("/named/")["Vary"]


def test_an_expired_session_leads_the_whole_page_to_log_in_and_back(client):
    response = htmx(client, "/private?page=2", **{"HX-Current-URL": "http://testserver/w/abc/people?x=1"})
    assert response.status_code == 204
    assert response["HX-Redirect"] == f"{reverse('account_login')}?next=/w/abc/people%3Fx%3D1"
    assert client.get("/private").status_code == 302


@pytest.mark.parametrize(
    "current", ["http://evil.example/w/", "//evil.example", "javascript:alert(1)", "", "http://testserver"]
)
def test_nobody_is_led_elsewhere_after_log_in(client, current):
    response = htmx(client, "/private", **{"HX-Current-URL": current})
    assert response["HX-Redirect"] == f"{reverse('account_login')}?next=/"
