"""A Redis server and a live process for the tests that kill them; people with sessions."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from crm.embedded.redis import RedisServer
from crm.live import hub
from tests import cast
from tests.live.listening import LiveProcess, publishing_to
from workspaces.models import Membership


@pytest.fixture(scope="package")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with _redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="package")
def shared_process(
    django_db_setup: None, shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveProcess]:
    with _process(shared_redis, tmp_path_factory.mktemp("live")) as process:
        time.sleep(hub.SLACK / 1000)  # a process that is younger than that cannot know what it missed
        yield process


@pytest.fixture
def live_process(
    transactional_db: None, shared_process: LiveProcess, shared_redis: RedisServer, settings
) -> Iterator[LiveProcess]:
    with publishing_to(shared_redis, settings):
        yield shared_process
    shared_process.hang_up()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """One that the test may stop."""
    with _redis(tmp_path) as server:
        yield server


@pytest.fixture
def own_live_process(
    transactional_db: None, own_redis: RedisServer, tmp_path: Path, settings
) -> Iterator[LiveProcess]:
    with _process(own_redis, tmp_path) as process, publishing_to(own_redis, settings):
        yield process


@contextmanager
def _redis(directory: Path) -> Iterator[RedisServer]:
    server = RedisServer(directory, log=directory / "redis.log")
    server.start()
    yield server
    server.stop()


@contextmanager
def _process(redis: RedisServer, directory: Path) -> Iterator[LiveProcess]:
    process = LiveProcess(redis.url, directory / "live.log")
    process.start()
    yield process
    process.stop()
    assert "Traceback" not in process.log.read_text()


@pytest.fixture
def browser_of() -> Callable[[Membership], Client]:
    """Signed in as allauth does it: with a session that is listed, and can be ended."""

    def sign_in(membership: Membership) -> Client:
        client = cast.signed_in(membership)
        key = client.session.session_key
        UserSession.objects.create(user=membership.user, session_key=key, ip="127.0.0.1", user_agent="test")
        return client

    return sign_in


@pytest.fixture
def token_of(browser_of: Callable[[Membership], Client]) -> Callable[..., str]:
    """A token, got as the client's JavaScript renews it."""

    def renew(membership: Membership, client: Client | None = None) -> str:
        client = client or browser_of(membership)
        answer = client.get(f"/w/{membership.workspace.public_id}/live-token/")
        assert answer.status_code == 200
        return str(answer.json()["token"])

    return renew
