"""A GET never writes. Every GET and HEAD of Django's test client is watched; one that wrote fails its test.

What may be written all the same: a session's own bookkeeping, and what the named beacon routes are for.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections
from django.test import Client

# Trigger links, open pixels, "quote seen", a provider's handshake: routes that are there to note their opening.
BEACONS: frozenset[str] = frozenset({"hooks:webhook"})

BOOKKEEPING = frozenset({"django_session", "usersessions_usersession", "limits_entry"})

_WRITE = re.compile(
    r"""^\s*(?:WITH\b.*?\b)?(?:(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE|COPY)\s+(?:ONLY\s+)?"?(\w+)"?)"""
    r"""|\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b""",
    re.IGNORECASE | re.DOTALL,
)


class Wrote(AssertionError):
    """A GET wrote."""


def enforce(monkeypatch: pytest.MonkeyPatch) -> None:
    """Watch every client made in this test."""
    request = Client.request

    def watched(client: Client, **environ: Any) -> Any:
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return request(client, **environ)
        with watching() as written:
            response = request(client, **environ)
        match = getattr(response, "resolver_match", None)
        if written and (match is None or match.view_name not in BEACONS):
            raise Wrote(f"GET {environ['PATH_INFO']} wrote:\n" + "\n".join(written))
        return response

    monkeypatch.setattr(Client, "request", watched)


@contextmanager
def watching() -> Iterator[list[str]]:
    """The statements that write, beyond bookkeeping, as they are run inside the block."""
    written: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if writes(str(sql)):
            written.append(str(sql))
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(note):
        yield written


def writes(sql: str) -> bool:
    """Whether a statement writes, or locks rows in order to write."""
    found = _WRITE.search(sql)
    if found is None:
        return False
    return (found.group(1) or "").lower() not in BOOKKEEPING
