"""Chromium, the house over real HTTP, and the live process beside it."""

import os
from collections.abc import Callable, Iterator

import pytest
from allauth.usersessions.models import UserSession
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from crm.embedded.redis import RedisServer
from tests import cast
from tests.browser.chromium import DESKTOP, FLAGS, find
from tests.browser.in_flight import InFlight
from tests.live.listening import LiveProcess, publishing_to
from workspaces.models import Membership

SignIn = Callable[..., Page]
# A request that is answered 4xx on purpose is said by Chromium, too; one cut off because its page goes, by htmx, which
# says "afterRequest" besides whatever went wrong.
NO_COMPLAINTS = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop is in this thread, not in the server's
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def house(chromium: Browser, live_server: LiveServer) -> str:
    """The address of the web process."""
    return live_server.url


@pytest.fixture(scope="package")
def live_servers(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RedisServer, LiveProcess]]:
    directory = tmp_path_factory.mktemp("live")
    redis = RedisServer(directory, log=directory / "redis.log")
    redis.start()
    process = LiveProcess(redis.url, directory / "live.log")
    process.start()
    yield redis, process
    process.stop()
    redis.stop()


@pytest.fixture
def live_house(house: str, live_servers: tuple[RedisServer, LiveProcess], settings) -> Iterator[str]:
    """The web process with the live process beside it, as `bin/run` puts them."""
    redis, process = live_servers
    settings.LIVE_PORT = process.port
    policy = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]}
    policy["connect-src"] = ["'self'", f"http://localhost:{process.port}"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy}
    with publishing_to(redis, settings):
        yield house
    process.hang_up()


@pytest.fixture
def in_flight() -> Iterator[InFlight]:
    with InFlight().counted() as requests:
        yield requests


@pytest.fixture
def contexts(chromium: Browser, in_flight: InFlight) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers of different people; what any console says against a page fails the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_context(**options: object) -> BrowserContext:
        # Without motion: a colour that is on its way is nobody's.
        still = {"viewport": DESKTOP, "locale": "en", "reduced_motion": "reduce"}
        context = chromium.new_context(**{**still, **options})
        context.set_default_timeout(10_000)
        context.on("console", lambda message: _note(complaints, message.type, message.text))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        opened.append(context)
        return context

    yield open_context
    said = list(complaints)  # until here: what is cut off now complains of that
    for context in opened:
        context.set_offline(True)  # a page that goes says so, to a database that is being emptied
        context.close()
    in_flight.settle()
    assert not said, said


@pytest.fixture
def sign_in(house: str, contexts: Callable[..., BrowserContext]) -> SignIn:
    """`sign_in(membership)`: a page of a new browser, signed in, at the workspace's home."""

    def open_page(membership: Membership, path: str = "", **options: object) -> Page:
        client = cast.signed_in(membership)
        key = client.session.session_key
        assert key
        UserSession.objects.create(user=membership.user, session_key=key, ip="127.0.0.1", user_agent="test")
        context = contexts(**options)
        context.add_cookies([{"name": "cauce_session", "value": key, "url": house}])
        page = context.new_page()
        page.goto(f"{house}/w/{membership.workspace.public_id}/{path}")
        return page

    return open_page


@pytest.fixture(autouse=True)
def expect_within() -> None:
    expect.set_options(timeout=10_000)


def _note(complaints: list[str], kind: str, text: str) -> None:
    if kind in ("error", "warning") and not any(known in text for known in NO_COMPLAINTS):
        complaints.append(text)
