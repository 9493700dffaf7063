"""Logging in and out: password, second step, limits, what is noted and told."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from pytest_django.fixtures import Settings

from tests.accounts.post import subjects_to
from tests.cast import PASSWORD, scope
from workspaces.models import AuditEntry, Membership, User, Verb

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


def test_the_right_password_opens_and_is_noted_in_each_workspace(owner: Membership) -> None:
    client = Client(headers={"user-agent": IPHONE})
    response = client.post("/login/", {"login": "OLGA@example.com ", "password": PASSWORD})
    assert response.headers["Location"] == "/"
    with scope(owner.workspace):
        entry = AuditEntry.objects.get(verb=Verb.SIGNED_IN)
    assert (entry.actor, entry.ip, entry.changes) == (owner.user, "127.0.0.1", {"by": [None, "password"]})


def test_one_is_led_where_one_wanted_to_go_but_not_elsewhere(owner: Membership) -> None:
    asked = Client().get("/profile/sessions/").headers["Location"]
    assert asked == "/login/?next=/profile/sessions/"
    form = {"login": owner.user.email, "password": PASSWORD}
    assert Client().post("/login/", form | {"next": "/profile/"}).headers["Location"] == "/profile/"
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert Client().post("/login/", form | {"next": elsewhere}).headers["Location"] == "/"


def test_a_wrong_password_says_the_same_for_known_and_unknown_addresses(owner: Membership) -> None:
    said = []
    for address in (owner.user.email, "nobody@example.com"):
        client = Client(headers={"accept-language": "en"})
        said.append(client.post("/login/", {"login": address, "password": "wrong"}).content.decode())
    assert all("The e-mail or the password is not right." in page for page in said)
    with scope(owner.workspace):
        assert AuditEntry.objects.filter(verb=Verb.SIGN_IN_FAILED, actor=owner.user).count() == 1


def test_after_five_wrong_passwords_even_the_right_one_waits(owner: Membership) -> None:
    for _attempt in range(5):
        Client().post("/login/", {"login": owner.user.email, "password": "wrong"})
    client = Client(headers={"accept-language": "en"})
    response = client.post("/login/", {"login": owner.user.email, "password": PASSWORD})
    assert "Wait five minutes" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_limit_holds_without_redis_and_after_it_was_emptied(
    owner: Membership, settings: Settings
) -> None:
    from django.core.cache import cache, caches

    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    caches["default"].close()
    for attempt in range(6):
        if attempt == 3:
            cache.clear()
        client = Client(headers={"accept-language": "en"})
        page = client.post("/login/", {"login": owner.user.email, "password": "wrong"}).content.decode()
        assert ("Wait five minutes" in page) == (attempt == 5)


def test_the_limit_counts_by_the_address_that_the_trusted_proxy_saw(
    owner: Membership, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1

    def attempt(number: int, forwarded: str) -> str:
        client = Client(headers={"accept-language": "en", "x-forwarded-for": forwarded})
        form = {"login": f"person{number}@example.com", "password": "wrong"}
        return client.post("/login/", form).content.decode()

    pages = [attempt(number, f"10.0.0.{number}, 203.0.113.7") for number in range(11)]
    assert "Wait five minutes" in pages[-1]
    assert "Wait five minutes" not in attempt(99, "203.0.113.7, 203.0.113.8")


def test_too_many_requests_of_one_address_get_a_clear_page(db: None) -> None:
    statuses = [Client().post("/reset/", {"email": f"p{n}@example.com"}).status_code for n in range(11)]
    assert statuses[-1] == 429
    page = Client(headers={"accept-language": "en"}).post("/reset/", {"email": "again@example.com"})
    assert "Too many attempts</h1>" in page.content.decode()


def test_logging_out_takes_a_post(owner: Membership) -> None:
    client = Client()
    client.post("/login/", {"login": owner.user.email, "password": PASSWORD})
    assert client.get("/logout/").status_code == 200
    assert client.get("/profile/").status_code == 200
    client.post("/logout/")
    assert client.get("/profile/").status_code == 302
    with scope(owner.workspace):
        assert AuditEntry.objects.filter(verb=Verb.SIGNED_OUT, actor=owner.user).exists()


def test_a_new_browser_is_told_by_mail_a_known_one_is_not(owner: Membership) -> None:
    form = {"login": owner.user.email, "password": PASSWORD}
    first = Client()
    first.post("/login/", form)
    assert subjects_to(owner.user.email) == []  # the very first log-in is no news
    first.post("/logout/")
    first.post("/login/", form)
    assert subjects_to(owner.user.email) == []
    Client(headers={"user-agent": IPHONE}).post("/login/", form)
    assert subjects_to(owner.user.email) == ["New log-in"]


def test_a_tampered_cookie_makes_no_browser_known(owner: Membership) -> None:
    form = {"login": owner.user.email, "password": PASSWORD}
    Client().post("/login/", form)
    forger = Client()
    forger.cookies["cauce_known"] = f"[{owner.user.pk}]"
    forger.post("/login/", form)
    assert subjects_to(owner.user.email) == ["New log-in"]


def test_a_closed_account_does_not_open(owner: Membership) -> None:
    User.objects.filter(pk=owner.user.pk).update(is_active=False)
    response = Client().post("/login/", {"login": owner.user.email, "password": PASSWORD})
    assert response.headers["Location"] == "/closed/"
    assert Client().get("/closed/").status_code == 200


@pytest.fixture
def secret(owner: Membership, db: None) -> str:
    """The owner's authenticator app."""
    from allauth.core import context
    from django.test import RequestFactory

    secret = generate_totp_secret()
    with context.request_context(RequestFactory().get("/")):
        TOTP.activate(owner.user, secret)
        RecoveryCodes.activate(owner.user)
    return secret


def code_of(secret: str, periods: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def at_second_step(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    response = client.post("/login/", {"login": user.email, "password": PASSWORD})
    assert response.headers["Location"] == "/login/second-step/"
    assert client.get("/profile/").status_code == 302
    assert client.get("/login/second-step/").status_code == 200
    return client


def test_the_password_alone_does_not_open_what_has_a_second_step(owner: Membership, secret: str) -> None:
    client = at_second_step(owner.user)
    assert client.post("/login/second-step/", {"code": "000000"}).status_code == 200
    assert client.get("/profile/").status_code == 302
    response = client.post("/login/second-step/", {"code": code_of(secret)})
    assert response.headers["Location"] == "/"
    with scope(owner.workspace):
        verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == [Verb.SIGN_IN_FAILED, Verb.SIGNED_IN]


@pytest.mark.parametrize("periods", [-1, 0, 1])
def test_a_code_of_the_app_works_once_in_all_the_time_it_is_valid(
    owner: Membership, secret: str, periods: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(secret, periods)
    assert at_second_step(owner.user).post("/login/second-step/", {"code": code}).status_code == 302
    for key_of_allauth in ("allauth.mfa.totp.used",):  # which allauth itself forgets after 30 seconds
        from crm.limits.models import Entry

        Entry.objects.filter(key__contains=key_of_allauth).delete()
    page = at_second_step(owner.user).post("/login/second-step/", {"code": code}).content.decode()
    assert "was used already" in page


def test_a_recovery_code_works_once(owner: Membership, secret: str) -> None:
    row = Authenticator.objects.get(user=owner.user, type=Authenticator.Type.RECOVERY_CODES)
    code = row.wrap().get_unused_codes()[0]
    assert at_second_step(owner.user).post("/login/second-step/", {"code": code}).status_code == 302
    assert at_second_step(owner.user).post("/login/second-step/", {"code": code}).status_code == 200


def test_guesses_at_the_second_step_are_few(owner: Membership, secret: str) -> None:
    client = at_second_step(owner.user)
    pages = [client.post("/login/second-step/", {"code": "000000"}).content.decode() for _n in range(6)]
    assert "Wait five minutes" in pages[-1]


def test_from_the_second_step_one_can_start_over(owner: Membership, secret: str) -> None:
    client = at_second_step(owner.user)
    assert client.post("/start-over/").headers["Location"] == "/login/"
    assert client.get("/login/").status_code == 200
    assert User.objects.filter(pk=owner.user.pk).exists()


def test_secrets_stand_encrypted_in_the_database(owner: Membership, secret: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator ORDER BY id")
        stored = [row[0] for row in cursor.fetchall()]
    assert len(stored) == 2
    assert secret not in stored[0]
    assert all('"k1.' in text for text in stored)


def test_the_language_can_be_chosen_before_log_in(db: None, settings: Settings) -> None:
    client = Client(headers={"accept-language": "en"})
    response = client.post("/language/", {"language": "es", "next": "/reset/"})
    assert response.headers["Location"] == "/reset/"
    assert 'lang="es"' in client.get("/signup/").content.decode()
    for code, _name in settings.LANGUAGES:
        assert f'value="{code}" lang="{code}"' in client.get("/signup/").content.decode()
    assert client.post("/language/", {"language": "xx"}).status_code == 400
    assert (
        client.post("/language/", {"language": "en", "next": "//evil.example"}).headers["Location"]
        == "/login/"
    )
    assert client.post("/language/", {"language": "en", "next": "[]"}).status_code == 302
