"""An installation that is open by a default, or on the wrong database, does not start."""

import pytest
from cryptography.fernet import Fernet
from django.core.checks import Tags, run_checks

from crm import checks

GOOD = {
    "DEBUG": False,
    "TESTING": False,
    "DEMO": False,
    "PROCESS": "web",
    "SECRET_KEY": "kL9-mQ2xT7vB4nZ8wR1yU6oP3sD5fG0h",
    "SECRET_KEY_FALLBACKS": [],
    "FIELD_KEYS": [Fernet.generate_key().decode()],
    "HASH_KEY": "aH3-jK8xW2vN6mL1cQ9rT4yB7pZ5eS0d",
    "BASE_URL": "https://crm.example.com",
    "ALLOWED_HOSTS": ["crm.example.com"],
    "TRUSTED_PROXIES": 1,
    "EMAIL_TRANSPORT_URL": "smtp://mail.example.com",
    "OUTBOUND_ALLOW": [],
}
GOOD_DATABASE = {
    "version": "180001", "encoding": "UTF8", "fsync": "on", "full_page_writes": "on", "letters": "on",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _good(settings):
    for name, value in GOOD.items():
        setattr(settings, name, value)


def ids():
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    return {message.id for message in found if message.id.startswith("crm.")}


def test_a_careful_installation_passes():
    assert ids() == set()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"SECRET_KEY": "insecure-only-for-tests-and-development"}, "crm.E001"),
        ({"SECRET_KEY": "short"}, "crm.E001"),
        ({"SECRET_KEY": "a" * 60}, "crm.E001"),
        ({"SECRET_KEY_FALLBACKS": ["old"]}, "crm.E001"),
        ({"FIELD_KEYS": []}, "crm.E002"),
        ({"FIELD_KEYS": ["not a key"]}, "crm.E002"),
        ({"HASH_KEY": ""}, "crm.E003"),
        ({"DEBUG": True}, "crm.E004"),
        (
            {"DEBUG": True, "BASE_URL": "http://127.0.0.1:8000", "ALLOWED_HOSTS": ["crm.example.com"]},
            "crm.E004",
        ),
        ({"ALLOWED_HOSTS": ["crm.example.com", "*"]}, "crm.E005"),
        ({"WORK_KEEP_DAYS": 7, "JOURNAL_KEEP_DAYS": 30}, "crm.E009"),
        ({"BASE_URL": "http://crm.example.com"}, "crm.E006"),
        ({"DEMO": True}, "crm.E007"),
        ({"ALLOWED_HOSTS": ["other.example.com"]}, "crm.E008"),
        ({"TRUSTED_PROXIES": 0}, "crm.W001"),
        ({"EMAIL_TRANSPORT_URL": "file://"}, "crm.W002"),
        ({"OUTBOUND_ALLOW": ["127.0.0.1:9"]}, "crm.W003"),
    ],
)
def test_each_carelessness_has_its_message(settings, change, expected):
    for name, value in change.items():
        setattr(settings, name, value)
    assert ids() == {expected}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "cauce.localhost"])
def test_on_loopback_the_demo_without_tls_is_fine(settings, host):
    settings.BASE_URL, settings.ALLOWED_HOSTS, settings.DEMO = f"http://{host}:8000", [host], True
    assert ids() == set()


def test_development_on_loopback_is_left_in_peace(settings):
    settings.DEBUG, settings.SECRET_KEY, settings.FIELD_KEYS, settings.HASH_KEY = True, "dev", [], ""
    settings.BASE_URL, settings.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["127.0.0.1", "localhost", "[::1]"]
    assert ids() == set()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"version": "140010"}, {"crm.E011"}),
        ({"encoding": "SQL_ASCII"}, {"crm.E012"}),
        ({"letters": "off"}, {"crm.E013"}),
        ({"fsync": "off"}, {"crm.E014"}),
        ({"full_page_writes": "off"}, {"crm.E014"}),
    ],
)
def test_a_database_that_loses_something_is_refused(change, expected):
    assert {message.id for message in checks.judge_database({**GOOD_DATABASE, **change})} == expected


def test_tests_may_do_without_fsync(settings):
    settings.PROCESS = "manage"
    assert checks.judge_database({**GOOD_DATABASE, "fsync": "off"}) == []


@pytest.mark.django_db
def test_the_facts_come_from_the_database_itself():
    facts = checks.database_facts()
    assert int(facts["version"]) >= 150000
    assert (facts["encoding"], facts["letters"]) == ("UTF8", "on")


@pytest.mark.django_db
def test_a_process_with_errors_ends_and_says_each(settings, caplog):
    settings.FIELD_KEYS, settings.HASH_KEY = [], ""
    with pytest.raises(SystemExit) as info:
        checks.refuse_to_start()
    assert info.value.code == 78
    assert "crm.E002" in caplog.text
    assert "crm.E003" in caplog.text


@pytest.mark.django_db
def test_a_careful_process_starts(settings, monkeypatch):
    monkeypatch.setattr(checks, "database_facts", lambda: GOOD_DATABASE)
    checks.refuse_to_start()
