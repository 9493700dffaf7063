"""What an installation must not be: open by a default, or on a database that loses letters or rows.

Django system checks. `manage.py check --deploy` runs them all; each serving process runs them as it starts
(`refuse_to_start`) and goes no further with an error. Development (DEBUG on, everything on loopback) and commands are
left in peace.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.checks import Warning as Caution
from django.db import DatabaseError, connection

log = logging.getLogger(__name__)

SERVING = frozenset({"web", "live", "now", "bulk", "beat"})
OLDEST_POSTGRES = 15
SHORTEST_SECRET = 32  # characters
Messages = list[CheckMessage]


def refuse_to_start() -> None:
    """Called by each serving process before it serves. Ends it, with a line for each reason."""
    if settings.TESTING:
        return
    found = [*run_checks(tags=[Tags.security], include_deployment_checks=True, databases=["default"])]
    found += run_checks(tags=[Tags.database], databases=["default"])
    ours = [message for message in found if str(message.id).startswith("crm.")]
    for message in ours:
        log.log(message.level, "%s %s %s", message.id, message.msg, message.hint or "")
    if any(message.is_serious() for message in ours):
        raise SystemExit(78)  # EX_CONFIG


def refuse_worker_start(**_: object) -> None:
    """Receiver of Celery's `worker_init` and `beat_init`, which swallow exceptions but not SystemExit."""
    refuse_to_start()


@register(Tags.security, deploy=True)
def check_secrets(app_configs: Sequence[AppConfig] | None, **_: Any) -> Messages:
    """Keys that are set, long and ours."""
    if settings.DEBUG:
        return []
    errors: Messages = []
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if key == settings.INSECURE_SECRET_KEY or len(key) < SHORTEST_SECRET or len(set(key)) < 8:
            errors.append(
                Error(
                    "SECRET_KEY is the default, too short or too plain.",
                    hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
                    id="crm.E001",
                )
            )
    if not settings.FIELD_KEYS or not all(_is_field_key(key) for key in settings.FIELD_KEYS):
        errors.append(
            Error(
                "FIELD_KEYS is missing, or one of them is no Fernet key.",
                hint="Make one: python -c 'from cryptography.fernet import Fernet as F;"
                " print(F.generate_key().decode())'",
                id="crm.E002",
            )
        )
    if len(settings.HASH_KEY) < SHORTEST_SECRET:
        errors.append(
            Error(
                "HASH_KEY is missing or too short.",
                hint="Make one as for SECRET_KEY, and never change it: hashes cannot be made anew.",
                id="crm.E003",
            )
        )
    return errors


@register(Tags.security, deploy=True)
def check_openness(app_configs: Sequence[AppConfig] | None, **_: Any) -> Messages:
    """What faces the world: hosts, DEBUG, the demo, TLS."""
    host = urlsplit(settings.BASE_URL).hostname or ""
    local = is_loopback(host)
    errors: Messages = []
    if settings.DEBUG:
        if not local or not all(is_loopback(name) for name in settings.ALLOWED_HOSTS):
            errors.append(Error("DEBUG is on, and not everything is on loopback.", id="crm.E004"))
        return errors
    if "*" in settings.ALLOWED_HOSTS:
        errors.append(Error("ALLOWED_HOSTS has a wildcard.", hint="Name the hosts.", id="crm.E005"))
    if not local and urlsplit(settings.BASE_URL).scheme != "https":
        errors.append(Error("BASE_URL is not https.", hint="Put a proxy with TLS in front.", id="crm.E006"))
    if not local and settings.DEMO:
        errors.append(Error("DEMO is on: its log-ins are known to everybody.", id="crm.E007"))
    if not local and host not in settings.ALLOWED_HOSTS:
        errors.append(Error("ALLOWED_HOSTS does not name the host of BASE_URL.", id="crm.E008"))
    if not local:
        errors += _warnings()
    return errors


@register(Tags.security, deploy=True)
def check_keeping(app_configs: Sequence[AppConfig] | None, **_: Any) -> Messages:
    """Personal data that is to be erased is found in the journal by its rows of work: they stay as long."""
    if settings.WORK_KEEP_DAYS >= settings.JOURNAL_KEEP_DAYS:
        return []
    return [
        Error(
            "WORK_KEEP_DAYS is less than JOURNAL_KEEP_DAYS: who is erased would stay in the journal.",
            hint="Keep delivered work at least as long as webhooks.",
            id="crm.E009",
        )
    ]


@register(Tags.database)
def check_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> Messages:
    """A PostgreSQL that is new enough, speaks UTF-8, knows letters beyond ASCII and keeps what it was given."""
    if "default" not in (databases or ()):
        return []
    try:
        facts = database_facts()
    except DatabaseError as error:
        return [Caution(f"The database could not be asked: {type(error).__name__}.", id="crm.W010")]
    return judge_database(facts)


def database_facts() -> dict[str, str]:
    """What the judgement goes by, from the server."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num'), current_setting('server_encoding'),"
            " current_setting('fsync'), current_setting('full_page_writes'), to_regprocedure('show_trgm(text)')"
        )
        version, encoding, fsync, full_page_writes, has_trigrams = cursor.fetchone()
        # The extension comes with a migration: before it, readiness says that migrations are missing.
        cursor.execute("SELECT cardinality(show_trgm('ñ')) > 0" if has_trigrams else "SELECT true")
        letters = cursor.fetchone()[0]
    return {
        "version": version,
        "encoding": encoding,
        "fsync": fsync,
        "full_page_writes": full_page_writes,
        "letters": "on" if letters else "off",
    }


def judge_database(facts: dict[str, str]) -> Messages:
    """The facts' errors."""
    errors: Messages = []
    if int(facts["version"]) < OLDEST_POSTGRES * 10_000:
        errors.append(Error(f"PostgreSQL is older than {OLDEST_POSTGRES}.", id="crm.E011"))
    if facts["encoding"] != "UTF8":
        errors.append(Error("The database's encoding is not UTF8.", id="crm.E012"))
    if facts["letters"] == "off":
        errors.append(
            Error(
                "In the database's locale ñ is no letter: search by part of a name would lose it without a word.",
                hint="Make it anew: initdb --locale-provider=builtin --locale=C.UTF-8 (PostgreSQL 17 and later),"
                " or CREATE DATABASE … LOCALE 'C.UTF-8' TEMPLATE template0.",
                id="crm.E013",
            )
        )
    if (
        "off" in (facts["fsync"], facts["full_page_writes"])
        and settings.PROCESS in SERVING
        and not settings.TESTING
    ):
        errors.append(
            Error("fsync or full_page_writes is off: a crash would lose or break the data.", id="crm.E014")
        )
    return errors


def is_loopback(host: str) -> bool:
    """Whether a host's name or address means this machine."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _warnings() -> Iterable[CheckMessage]:
    if not settings.TRUSTED_PROXIES:
        yield Caution(
            "TRUSTED_PROXIES is 0 with an https BASE_URL: behind a proxy, forms would be refused and all"
            " people would share one address in the rate limits.",
            id="crm.W001",
        )
    if settings.EMAIL_TRANSPORT_URL.startswith("file:"):
        yield Caution("EMAIL_URL writes mail to files: nobody gets any.", id="crm.W002")
    if settings.OUTBOUND_ALLOW:
        yield Caution("OUTBOUND_ALLOW lets requests reach addresses that are not public.", id="crm.W003")


def _is_field_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
