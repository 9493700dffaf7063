"""Every route × method × actor × own and foreign object. The table is in tests/access/; how to add to it, too."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import access, cast
from tests.access.rows import EVERYONE, Actor, Kind, Row, World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = {401, 403, 404, 405}


def _rows() -> list[Row]:
    modules = [m.name for m in pkgutil.iter_modules(access.__path__) if m.name != "rows"]
    return [row for name in modules for row in importlib.import_module(f"tests.access.{name}").ROWS]


def _routes(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or f'unnamed: {pattern.pattern}'}"


ROWS = _rows()
ROUTES = list(_routes(get_resolver().url_patterns))
CASES = [(row, method) for row in ROWS for method in row.methods()]


def test_every_route_has_a_row():
    assert sorted(set(ROUTES) - {row.route for row in ROWS}) == []


def test_every_row_has_a_route_and_a_method():
    assert sorted({row.route for row in ROWS} - set(ROUTES)) == []
    assert [row.route for row in ROWS if not row.methods()] == []


def test_no_route_has_two_rows():
    names = [row.route for row in ROWS]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.fixture
def ours(db: None) -> World:
    return World.make("ours")


@pytest.fixture
def theirs(db: None) -> World:
    return World.make("theirs")


@pytest.mark.parametrize(
    ("row", "method"), CASES, ids=lambda case: case.route if isinstance(case, Row) else case
)
def test_the_row_holds(row: Row, method: str, ours: World, theirs: World):
    with transaction.atomic():
        arguments = row.arguments(ours)
    if row.kind is Kind.WORKSPACE:
        problems = [
            *_members(row, method, ours, theirs, arguments),
            *_strangers(row, method, ours, theirs, arguments),
        ]
    else:
        problems = list(_outside(row, method, ours, arguments))
    assert problems == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.route)
def test_other_methods_are_not_there(row: Row, ours: World):
    address = _address(row, ours, row.arguments(ours))
    for method in set(METHODS) - set(row.methods()):
        if row.kind is not Kind.PUBLIC or method != "GET":
            response = _ask(Actor.OWNER, ours, method, address)
            right = {405, 403, 404} if row.kind is Kind.OPERATOR else {405}
            # A view that first asks who one is, asks before it looks at the method.
            asked = response.headers.get("Location", "").startswith(reverse("account_reauthenticate"))
            assert asked or response.status_code in right, f"{method}: {_say(response)}"


def _members(
    row: Row, method: str, ours: World, theirs: World, arguments: dict[str, object]
) -> Iterator[str]:
    """The workspace's own people, with an object of their own and with a foreign one."""
    for actor in sorted(EVERYONE):
        response = _ask(actor, ours, method, _address(row, ours, arguments), row)
        if actor in row.let_in(method):
            if not _is_let_in(row, response):
                yield f"{actor} is refused: {_say(response)}"
        elif response.status_code != (404 if actor in row.unseen else 403):
            yield f"{actor} is not refused with {404 if actor in row.unseen else 403}: {_say(response)}"
    if row.target is None:
        return
    foreign = row.arguments(theirs)
    for actor in sorted(EVERYONE):
        response = _ask(actor, ours, method, _address(row, ours, foreign), row)
        expected = {404} if actor in row.let_in(method) else {403, 404}
        if response.status_code not in expected:
            yield f"{actor} with a foreign id gets {_say(response)}"


def _strangers(
    row: Row, method: str, ours: World, theirs: World, arguments: dict[str, object]
) -> Iterator[str]:
    """Those who are not in the workspace, at its addresses."""
    address = _address(row, ours, arguments)
    response = _ask(Actor.OWNER, theirs, method, address, row)
    if response.status_code != 404:
        yield f"{Actor.OUTSIDER} gets {_say(response)}"
    yield from _anonymous_is_sent_to_log_in(method, address)


def _outside(row: Row, method: str, ours: World, arguments: dict[str, object]) -> Iterator[str]:
    address = _address(row, ours, arguments)
    member = _ask(Actor.OWNER, ours, method, address, row)
    if row.kind in (Kind.ACCOUNT, Kind.PUBLIC) and not _is_let_in(row, member):
        yield f"a signed-in person gets {_say(member)}"
    if row.kind is Kind.GUEST and member.status_code not in {302, 303, *row.ok}:
        yield f"a signed-in person is not sent elsewhere: {_say(member)}"
    if row.kind is Kind.OPERATOR:
        if member.status_code not in (403, 404):
            yield f"a member gets {_say(member)}"
        operator = _ask(Actor.OPERATOR, ours, method, address, row)
        if not _is_let_in(row, operator):
            yield f"{Actor.OPERATOR} is refused: {_say(operator)}"
    if row.kind in (Kind.ACCOUNT, Kind.OPERATOR):
        yield from _anonymous_is_sent_to_log_in(method, address)
    elif not _is_let_in(row, anonymous := _ask(Actor.ANONYMOUS, ours, method, address, row)):
        yield f"{Actor.ANONYMOUS} is refused: {_say(anonymous)}"


def _anonymous_is_sent_to_log_in(method: str, address: str) -> Iterator[str]:
    login = reverse(settings.LOGIN_URL)
    response = Client().generic(method, address)
    if response.status_code not in (302, 303) or not response.headers["Location"].startswith(login):
        yield f"{Actor.ANONYMOUS} gets {_say(response)}"
    response = Client().generic(method, address, headers={"HX-Request": "true"})
    if not response.headers.get("HX-Redirect", "").startswith(login):
        yield f"{Actor.ANONYMOUS} by htmx gets {_say(response)}"


def _ask(actor: Actor, world: World, method: str, address: str, row: Row | None = None) -> Any:
    """The answer to one request, whose effects are undone."""
    with transaction.atomic():
        if actor is Actor.ANONYMOUS:
            client = Client()
        elif actor is Actor.OPERATOR:
            client = cast.signed_in(cast.person("Operator", "operator@example.com", is_operator=True))
        else:
            client = cast.signed_in(world.user(actor))
        data = dict(row.data(world)) if row and row.data and method != "GET" else {}
        response = client.post(address, data) if method == "POST" else client.generic(method, address)
        if response.streaming:
            b"".join(response.streaming_content)  # read to its end, so that its file is closed
        transaction.set_rollback(True)
    return response


def _address(row: Row, world: World, arguments: dict[str, object]) -> str:
    if row.kind is Kind.WORKSPACE:
        arguments = {"workspace_id": world.workspace.public_id, **arguments}
    return reverse(row.route, kwargs=arguments)


def _is_let_in(row: Row, response: Any) -> bool:
    if response.status_code in row.ok:
        return True
    to_log_in = response.headers.get("Location", "").startswith(reverse(settings.LOGIN_URL))
    return response.status_code not in REFUSED and response.status_code < 500 and not to_log_in


def _say(response: Any) -> str:
    where = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
    return f"{response.status_code} {where}".strip()
