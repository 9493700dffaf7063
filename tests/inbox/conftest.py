from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crm import nudge
from crm.tenancy import scope
from tests.inbox import house, matrix
from workspaces.models import Membership, Workspace


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """No broker: the names of the tasks that would have been nudged."""
    sent: list[str] = []

    def now(task: Any, *args: Any, queue: str = "now", countdown: float | None = None) -> bool:
        sent.append(task.name)
        return True

    monkeypatch.setattr(nudge, "now", now)
    nudge._follow_up.cache_clear()
    yield sent
    nudge._follow_up.cache_clear()


@pytest.fixture
def channel(workspace: Workspace, nudges: list[str]) -> Any:
    """A WhatsApp number of the workspace, and nobody who nudges."""
    return house.channel(workspace)


@pytest.fixture
def post_kind() -> Iterator[house.Post]:
    with house.posted() as kind:
        yield kind


@pytest.fixture
def world_of(
    owner: Membership,
    admin: Membership,
    seller: Membership,
    other_seller: Membership,
    nudges: list[str],
    settings: Any,
    tmp_path: Any,
) -> Iterator[Callable[[str], matrix.World]]:
    settings.MEDIA_ROOT = tmp_path

    def make(name: str) -> matrix.World:
        kind = matrix.KINDS[name]
        person = {"owner": owner, "admin": admin}.get(name, seller)
        with scope(owner.workspace):
            return matrix.built(owner, person, other_seller, kind)

    with house.posted():
        yield make
